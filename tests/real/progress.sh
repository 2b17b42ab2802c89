#!/bin/sh
# progress.sh SCMLTRACE SPEC: how far a long log has been read is shown on a terminal after a while, and wiped away at
# the end; never elsewhere, and not where it is not wanted.
set -u
scmltrace=$1 spec=$2
command -v script >/dev/null || { echo "skipped: there is no script, which makes a terminal"; exit 77; }
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
cp "$spec" net.scml

fail()
{
	echo "$1: $(cat -v screen)"
	exit 1
}

echo 'socket(AF_INET6, SOCK_STREAM, IPPROTO_IP) = 3' >line
yes "$(cat line)" | head -n 200 >log
# A log that is slow: what comes after a second is read when that is over.
echo 'cat log; for i in 1 2 3 4 5 6 7 8; do sleep 0.2; cat line; done' >slow.sh

# on TERM ARG...: the log as it comes, on a terminal, which `screen` is then a record of.
on()
{
	terminal=$1
	shift
	TERM=$terminal script -qec "sh slow.sh | '$scmltrace' --arch x86_64 net.scml --input - $*" screen \
		</dev/null >/dev/null 2>&1 || fail "scmltrace $* does not work on a terminal"
}

escape=$(printf '\033')
shown=" lines, .* million lines/s, .* MB/s$escape\\[K"
on xterm --summary
grep -q "20[0-9]$shown" screen || fail "nothing is shown on a terminal"
[ "$(tr '\r' '\n' <screen | grep -c "$shown")" -le 5 ] || fail "it is shown too often"
tr '\r' '\n' <screen | grep -A 1 "$shown" | tail -n 1 | grep -q "^$escape\\[K" || fail "it is not wiped away"
grep -q "208 unsupported" screen || fail "there is no summary"

on xterm --summary --quiet
grep -q "$shown" screen && fail "--quiet shows it"
on dumb --summary
grep -q "$shown" screen && fail "it is shown where lines cannot be wiped away"
# The lines of calls say themselves how far it is.
on xterm
grep -q "$shown" screen && fail "it is shown among the lines of calls"
on xterm '2>err'
[ "$(grep -c unsupported err)" = 210 ] || fail "the lines are not in the file"
grep -q "$escape" err screen && fail "it is shown though standard error is no terminal"
on xterm -o report
grep -q "$shown" screen || fail "nothing is shown beside a file"
grep -q "$escape" report && fail "it is in the file"
exit 0
