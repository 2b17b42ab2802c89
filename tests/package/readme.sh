#!/bin/sh
# readme.sh SOURCE BUILD: what README.md shows is what the programs do. Its ```text blocks are run and what they show
# compared. `<!-- file NAME -->` before a block: the block is that file. `<!-- needs TOOL... -->`: the block is passed
# over where a tool is missing; `<!-- not run: WHY -->`: always. A command may go on in the next line behind `|`.
set -eu
source=$1
build=$2
work=$(mktemp -d)
# Without it, programs look for the home folder with calls of their own.
export HOME="${HOME:-$work}"
trap 'rm -rf "$work"' EXIT
mkdir "$work/run" "$work/blocks"
awk -v out="$work/blocks" '
	/^<!-- / { note = $0; next }
	/^```/ && !inside {
		inside = 1
		file = sprintf("%s/%03d", out, ++count)
		print (note == "" ? "-" : note) "\n" $0 > file
		note = ""
		next
	}
	/^```/ { inside = 0; close(file); next }
	inside { print > file; next }
	/[^ ]/ { note = "" }
' "$source/README.md"

ln -s "$build" "$work/run/build"
ln -s "$source/specs" "$work/run/specs"
cd "$work/run"
# In a container there may be a filter already, of which scmltrace tells.
told=
! grep -q '^Seccomp:.*[12]' /proc/self/status || told='^scmltrace: \(a seccomp filter was there\|cannot certify\)'
ran=0
failed=0
for block in "$work"/blocks/*; do
	note=$(sed -n 1p "$block")
	case $note in
	'<!-- file '*)
		name=${note#<!-- file }
		sed 1,2d "$block" >"${name% -->}"
		continue ;;
	'<!-- not run'*) continue ;;
	'<!-- needs '*)
		tools=${note#<!-- needs }
		for tool in ${tools% -->}; do
			command -v "$tool" >/dev/null || { echo "passed over: there is no $tool"; continue 2; }
		done
		case $note in
		*bwrap*) bwrap --dev-bind / / true 2>/dev/null || { echo "passed over: bwrap cannot make namespaces"; continue; } ;;
		esac ;;
	esac
	# Commands, and what they should print, as pairs of files.
	[ "$(sed -n 2p "$block")" = '```text' ] && grep -q '^\$ ' "$block" || continue
	rm -f "$work"/pair.*
	sed 1,2d "$block" | awk -v out="$work/pair" '
		goes_on { print > command; goes_on = /\|$/; next }
		/^\$ / {
			n++
			command = sprintf("%s.%02d.command", out, n)
			shown = sprintf("%s.%02d.shown", out, n)
			printf "" > shown
			print substr($0, 3) > command
			goes_on = /\|$/
			next
		}
		{ print > shown }'
	for command in "$work"/pair.*.command; do
		ran=$((ran + 1))
		sh "$command" >"$work/got" 2>&1 </dev/null || true
		[ -z "$told" ] || sed -i "/$told/d" "${command%command}shown" "$work/got"
		diff "${command%command}shown" "$work/got" >"$work/diff" || {
			echo "README.md shows something else (<) than comes out (>):"
			cat "$command" "$work/diff"
			failed=1
		}
	done
done
# The picture shows the same as the programs, too.
build/scmlc lint mistakes.scml >lint 2>&1 || true
{ echo '$ scmlc lint mistakes.scml'; head -n 8 lint; } >shown
sed -n 's/<[^>]*>//g; s/&lt;/</g; s/&gt;/>/g; s/&amp;/\&/g; /./p' "$source/.github/terminal.svg" | diff shown - || { echo ".github/terminal.svg is not what scmlc prints"; failed=1; }
[ "$ran" -ge 8 ] || { echo "only $ran commands were run"; failed=1; }
echo "$ran commands"
exit $failed
