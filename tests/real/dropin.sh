#!/bin/sh
# dropin.sh SCMLTRACE SPEC: the command lines of older tools, SPEC... [--quiet] -- PROG ARG... and
# SPEC... [--quiet] --input LOG, and what a program must not notice: its arguments, descriptors, input, outputs,
# environment, folder and status are what they are without a tracer.
set -u
scmltrace=$1 spec=$2
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
mkdir specs
cp "$spec" specs/net.scml
echo 'listen(fd, backlog);' >more.scml

fail()
{
	echo "$1"
	exit 1
}

if ! "$scmltrace" specs --scope listed -- true 2>report; then
	grep -q 'not permitted\|not supported\|denied' report || fail "true cannot be traced: $(cat report)"
	echo "skipped: $(head -n 1 report)"
	exit 77
fi

# same WHAT PROG ARG...: under each engine and both forms of the command line it says what it says by itself, and
# ends alike. File 3 is open for all of them, 0 is `input`.
same()
{
	what=$1
	shift
	"$@" <input 3<specs/net.scml >out.alone 2>err.alone
	status=$?
	for engine in auto notify trace ptrace; do
		for quiet in '' --quiet; do
			"$scmltrace" specs more.scml $quiet --engine $engine -o report -- "$@" \
				<input 3<specs/net.scml >out 2>err
			got=$?
			[ $got = $status ] || fail "$what, $engine $quiet: status $got, not $status: $(cat err)"
			cmp out out.alone || fail "$what, $engine $quiet: it writes: $(cat out)"
			cmp err err.alone || fail "$what, $engine $quiet: it complains: $(cat err)"
		done
	done
}

printf 'what\0comes in\n' >input
same arguments printf '<%s>\n' 'a b' '' "'" '"' '$HOME' '*' '\' 'a
b' '--quiet' '-o' x '--' -- "$(printf '\377\1')" ';false' '|' '&'
same descriptors ls -l --time-style=+ /dev/fd/3 /dev/fd/4
# ls has its own descriptor for the folder.
same 'list of descriptors' sh -c 'ls /proc/self/fd | tr "\n" " "'
same input cat
same outputs sh -c 'echo out; echo err >&2; echo out again'
same environment env
same folder pwd
same status sh -c 'exit 77'
same signal sh -c 'kill -9 $$' 2>/dev/null

# The report is on standard error and nothing of it on standard output; --quiet leaves the lines of calls alone.
"$scmltrace" specs more.scml --scope listed --quiet -- sh -c 'echo mine' >out 2>err
[ "$(cat out)" = mine ] || fail "the output is $(cat out)"
[ ! -s err ] || fail "--quiet has said: $(cat err)"
"$scmltrace" specs more.scml --scope listed -- sh -c 'echo mine' >out 2>err
grep -q '^scmltrace: calls: 0 unsupported' err || fail "there is no summary: $(cat err)"

# Logs: the same two forms, options in front or behind.
cat >log <<'END'
9 socket(AF_INET6, SOCK_STREAM, IPPROTO_IP) = 3
9 listen(3, 5) = 0
END
line='socket(AF_INET6, SOCK_STREAM, IPPROTO_IP) = 3 (unsupported): family: AF_INET6 is in no rule; nearest '
for form in 'specs more.scml --quiet --input log' '--quiet --input log specs more.scml' \
	'--input log specs -q more.scml' '--input=log specs more.scml -q'; do
	"$scmltrace" --arch x86_64 $form >out 2>err || fail "$form: status $?"
	[ ! -s out ] || fail "$form writes to standard output"
	case $(cat err) in
	"$line"specs/net.scml:*) ;;
	*) fail "$form says $(cat err)" ;;
	esac
done
"$scmltrace" --arch x86_64 specs more.scml --input log 2>err || fail "a log without --quiet: status $?"
grep -q '^scmltrace: calls: 1 unsupported, 0 undecided, 0 of other tables, 1 supported' err ||
	fail "a log without --quiet: $(cat err)"
exit 0
