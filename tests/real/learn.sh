#!/bin/sh
# learn.sh SCMLTRACE PROGRAM...: what is learned from a program supports its next run, alive and in strace's log
# of it, and no constant of it can be left out.
set -u
scmltrace=$1 talk=$2
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1

fail()
{
	echo "$1"
	cat report
	exit 1
}

# covers WHAT ARG...: by the learned rules nothing is unsupported and everything is decided.
covers()
{
	what=$1
	shift
	"$scmltrace" learned.scml -o report "$@" >out 2>&1
	grep -q '^scmltrace: calls: 0 unsupported, 0 undecided' report || fail "not covered: $what"
}

# plans LOG: with what a plan adds to few rules nothing is unsupported.
plans()
{
	cat >few.scml <<-END
		openat(dirfd, path, flags = O_CLOEXEC);
		fcntl(fd, cmd, arg = O_APPEND);
		socket(family = AF_INET, type = SOCK_STREAM, protocol = IPPROTO_TCP);
		setsockopt(fd, level, optname = TCP_NODELAY, ..);
		mmap(addr, length, prot = PROT_READ, flags = MAP_PRIVATE, fd = -1, offset);
	END
	"$scmltrace" plan few.scml "$1" -o plan.scml >report 2>&1 || fail "no plan for $1"
	"$scmltrace" few.scml plan.scml -o report --input "$1"
	grep -q '^scmltrace: calls: 0 unsupported' report || fail "not in the plan: $1: $(cat plan.scml)"
}

# needs_all LOG: without any one of the constants that stand in a list something is unsupported.
needs_all()
{
	awk '{ text = text $0 "\n" }
	END {
		rest = text; at = 0; n = 0
		while (match(rest, /[A-Za-z0-9_]+ *\n* *\| */)) {
			head = substr(text, 1, at + RSTART - 1)
			tail = substr(rest, RSTART + RLENGTH)
			file = sprintf("without%d.scml", ++n)
			printf "%s%s", head, tail > file
			close(file)
			at += RSTART + RLENGTH - 1
			rest = tail
		}
	}' learned.scml
	for one in without*.scml; do
		[ -e "$one" ] || fail "no list in what was learned: $(cat learned.scml)"
		"$scmltrace" "$one" --fail --input "$1" -o report
		[ $? = 1 ] || fail "this would do too: $(diff learned.scml "$one")"
	done
	rm -f without*.scml
}

if ! "$scmltrace" --learn learned.scml -- true 2>report; then
	grep -q 'not permitted\|not supported\|denied' report || fail "true cannot be traced"
	echo "skipped: $(head -n 1 report)"
	exit 77
fi

for program in "ls -l /" "sh -c 'ls /etc | sort | tail -n 1; kill -0 \$\$; umask 77'" "$talk"; do
	eval "$scmltrace --learn learned.scml -- $program" >out 2>report
	eval "covers '$program' -- $program"
	command -v strace >/dev/null || continue
	eval "strace -f -o log $program" >out 2>&1
	[ -s log ] || continue
	"$scmltrace" --learn learned.scml --input log 2>report || fail "cannot learn from a log"
	covers "log of $program" --input log
	needs_all log
	plans log
done
