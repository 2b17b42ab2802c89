#!/bin/sh
# lint_linear.sh SCMLC LONG_SPECS SPECS: whatever a long spec is made of, four times as many lines are four times the
# work to diagnose, and no line is very much work. Instructions are counted, not time. Skipped (77) without valgrind.
set -eu
scmlc=$1
command -v valgrind >/dev/null || { echo "skipped: there is no valgrind"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$2" "$3" 600 "$work/small"
"$2" "$3" 2400 "$work/large"
failed=0

# instructions FILE: how many are executed.
instructions() {
	valgrind --tool=callgrind --callgrind-out-file=/dev/null "$scmlc" lint -q --max-errors 0 "$1" 2>&1 >/dev/null | sed -n 's/.*Collected : //p'
}

echo '// Nothing.' >"$work/least.scml"
least=$(instructions "$work/least.scml")
for large in "$work"/large/*; do
	name=${large##*/}
	small=$(($(instructions "$work/small/$name") - least))
	all=$(($(instructions "$large") - least))
	lines=$(wc -l <"$large")
	echo "$name: $small, $all: $((all / lines)) a line"
	[ "$all" -lt $((small * 6)) ] || { echo "that is not linear"; failed=1; }
	[ $((all / lines)) -lt 400000 ] || { echo "that is too much"; failed=1; }
done
exit $failed
