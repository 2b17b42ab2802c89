#!/bin/sh
# man.sh SOURCE HELP: the man pages are right by mandoc and lack nothing: no option of a program, no diagnostic, no
# function of the headers. Skipped (77) without mandoc.
set -eu
source=$1
help=$2
command -v mandoc >/dev/null || { echo "skipped: there is no mandoc"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "man.sh: $*" >&2; exit 1; }

# Pages of this project and of others need not be installed where it is built.
said=$(mandoc -Tlint "$help"/man/*.[135] 2>/dev/null | grep -v 'referenced manual not found' || true)
[ -z "$said" ] || fail "$said"
for page in "$help"/man/*.[135]; do
	mandoc -Tascii -O width=200 "$page" | sed 's/.\x08//g' >"$work/$(basename "$page")"
	! grep -n '@' "$work/$(basename "$page")" || fail "something was not filled in in $page"
done
grep -c . "$help/options.tsv" >/dev/null
tab=$(printf '\t')
while IFS=$tab read -r kind program command forms value rest; do
	[ "$kind" = option ] || continue
	for form in $forms; do
		grep -qE -- "^ +(-.*, )?$form( |,|\$)" "$work/$program.1" || fail "$program.1 says nothing of $form"
	done
done <"$help/options.tsv"
grep "^name$tab" "$help/options.tsv" | cut -f2 | while read -r name; do
	grep -qE -- "^ +$name \((note|warning|error)\)" "$work/scmlc.1" || fail "scmlc.1 says nothing of $name"
done
sed -n 's/^SCML_API.*[ *]\(scml_[a-z_]*\)(.*/\1/p' "$source"/runtime/include/*.h | while read -r function; do
	grep -q "$function(" "$work/libscml.3" || fail "libscml.3 says nothing of $function"
done
for status in 0 1 2 3 4 126 127; do
	sed -n '/^EXIT STATUS/,/^EXAMPLES/p' "$work/scmltrace.1" | grep -qE "^ +$status " || fail "scmltrace.1 lacks exit status $status"
done
grep -q sctrace "$work/scmltrace.1" || fail "scmltrace.1 does not say how it differs"
