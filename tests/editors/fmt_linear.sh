#!/bin/sh
# fmt_linear.sh SCMLC: four times as much text is four times the work to lay out, and no more, whatever is repeated in
# it. Instructions are counted, not time. Skipped (77) without valgrind.
set -eu
scmlc=$1
command -v valgrind >/dev/null || { echo "skipped: there is no valgrind"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
failed=0

# repeated FIRST PIECE LAST COUNT: FIRST, so many PIECEs, LAST.
repeated() {
	awk -v first="$1" -v piece="$2" -v last="$3" -v n="$4" 'BEGIN { printf first; while (n-- > 0) printf piece; print last }'
}

# instructions FILE ARGUMENTS...: how many are executed.
instructions() {
	valgrind --tool=callgrind --callgrind-out-file=/dev/null "$scmlc" fmt "$@" 2>&1 >/dev/null | sed -n 's/.*Collected : //p'
}

# check NAME FIRST PIECE LAST: of one, a thousand and four thousand pieces.
check() {
	name=$1
	for count in 1 1000 4000; do
		repeated "$2" "$3" "$4" $count >$count.${5-scml}
	done
	for way in "" "--check -v"; do
		least=$(instructions 1.${5-scml} $way)
		small=$(instructions 1000.${5-scml} $way)
		large=$(instructions 4000.${5-scml} $way)
		echo "$name $way: $((small - least)), $((large - least))"
		[ $((large - least)) -lt $(((small - least) * 6)) ] && [ "$small" -gt "$least" ] || { echo "that is not linear"; failed=1; }
	done
}

check parameters 'read(fd' ', p' ');'
check 'parameters on lines' 'read(fd' ',\n p = 1 // x\n' ');'
check values 'a = 1' ' | 2' ';'
check structs 'read(fd, buf = [{ a = 1 }' ', { a = 1 }' ']);'
check comments 'read(fd,' '\n// x\n' 'buf);'
check rules '' 'read( fd,buf );\n' ''
check blocks '' '```c\nread( fd,buf );\n```\n\n' '' md
exit $failed
