#!/bin/sh
# explain.sh SCMLC: the examples of `scmlc explain` that are command lines print what they show, and draw the diagnostic
# that they explain and no other; the mended ones draw none. (Those that are SCML alone: tests/unit/test_warnings.c.)
set -eu
scmlc=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/plain" "$work/json"
ln -s "$scmlc" "$work/plain/scmlc"
printf '#!/bin/sh\nexec "%s" --diagnostics json "$@"\n' "$scmlc" >"$work/json/scmlc"
chmod +x "$work/json/scmlc"
path=$PATH
export LC_ALL=C
count=0
failed=0

fail() {
	echo "$name: $1"
	failed=1
}

# run WAY EXAMPLE: the commands of the file EXAMPLE in a new folder, each as it is shown with what it prints behind it.
run() {
	rm -rf "$work/run"
	mkdir "$work/run"
	cd "$work/run"
	export PATH="$work/$1:$path"
	grep '^\$ ' "$2" | cut -c3- | while IFS= read -r command; do
		printf '$ %s\n' "$command"
		sh -c "$command" 2>&1 </dev/null || true
	done
	export PATH="$path"
	cd "$work"
}

for name in $("$scmlc" explain | awk '{ print $1 }'); do
	"$scmlc" explain "$name" >"$work/text"
	sed -n '/^This draws it:$/,/^This does not:$/s/^    //p' "$work/text" >"$work/wrong"
	sed -n '/^This does not:$/,$s/^    //p' "$work/text" >"$work/right"
	if ! [ -s "$work/wrong" ]; then
		grep -q 'fault of the compiler' "$work/text" || fail 'it has no example'
		continue
	fi
	grep -q '^\$ ' "$work/wrong" || continue
	count=$((count + 1))
	cp "$work/wrong" "$work/wrong.commands"
	cp "$work/right" "$work/right.commands"
	for example in wrong right; do
		run plain "$work/$example" >"$work/got"
		case $name in filter-*) # how long a filter is may change
			sed -i '/^\$/!s/[0-9][0-9]*\([ :]\)/N\1/g; s/^allow [0-9]*$/allow N/' "$work/got" "$work/$example" ;;
		esac
		diff "$work/$example" "$work/got" >"$work/diff" || fail "shown (<) and printed (>) differ: $(cat "$work/diff")"
	done
	run json "$work/wrong.commands" | sed -n 's/^{.*"level":"[a-z]*","name":"\([^"]*\)".*/\1/p' | sort -u >"$work/drawn"
	if [ "$name" = error-limit ]; then # it comes with others only
		grep -qx "$name" "$work/drawn" || fail "drawn was $(cat "$work/drawn")"
	else
		echo "$name" | diff - "$work/drawn" >"$work/diff" || fail "drawn (>) was $(cat "$work/diff")"
	fi
	run json "$work/right.commands" | grep '^{.*"level":' && fail 'the mended one draws something'
done
echo "$count examples were run"
[ "$count" -ge 15 ] || failed=1
exit $failed
