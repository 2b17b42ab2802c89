#!/bin/sh
# trace.sh SCMLTRACE SPEC TALK: what programs do beyond the networking rules, as scmltrace sees it
# while they run and in strace's log of them.
set -u
scmltrace=$1 spec=$2 talk=$3
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
cp "$spec" net.scml

fail()
{
	echo "$1"
	cat report
	exit 1
}

# trace STATUS ARG...: scmltrace with the networking rules exits with STATUS; its report is in
# `report`, the program's output in `out`.
trace()
{
	wanted=$1
	shift
	"$scmltrace" net.scml --scope listed -o report "$@" >out 2>err
	status=$?
	[ $status = "$wanted" ] || fail "status $status, not $wanted, of scmltrace $*: $(cat err)"
	[ ! -s err ] || fail "unexpected words on standard error: $(cat err)"
}

# The call, the verdict and the reason of every line, without processes and arguments, sorted.
judged()
{
	sed -n 's/^\(\[pid *[0-9]*\] \)*\([a-z0-9_]*\)(.*(\(unsupported\|undecided\)): /\2 \3: /p' report |
		sort
}

"$talk" >/dev/null
if [ $? != 7 ]; then
	echo "skipped: there are no sockets to talk through"
	exit 77
fi
if ! "$scmltrace" net.scml --scope listed -- true 2>report; then
	grep -q 'not permitted\|not supported\|denied' report || fail "true cannot be traced"
	echo "skipped: $(head -n 1 report)"
	exit 77
fi

# The line of the rule of a call.
place()
{
	echo "net.scml:$(grep -n "^$1(" net.scml | cut -d : -f 1)"
}

sort >beyond <<END
bind unsupported: addr.sa_family: AF_INET6 is in no rule; nearest $(place bind)
bind unsupported: addr.sa_family: AF_INET6 is in no rule; nearest $(place bind)
connect unsupported: addr.sa_family: AF_INET6 is in no rule; nearest $(place connect)
connect unsupported: addr.sa_family: AF_INET6 is in no rule; nearest $(place connect)
sendmsg unsupported: msg.msg_control: a pointer other than NULL is in no rule; nearest $(place sendmsg)
sendmsg unsupported: msg.msg_control: a pointer other than NULL is in no rule; nearest $(place sendmsg)
END

# A process and its child: the program's output and status are its own.
trace 7 -v -- "$talk"
[ "$(cat out)" = talked ] || fail "the program's output is not its own"
judged | diff -u beyond - || fail "live: other calls or reasons"
[ "$(grep -c '^\[pid *[0-9]*\] ' report)" = 3 ] || fail "live: three of the lines are the child's"
trace 1 -v --fail -- "$talk"

# accept fills the address in when it returns: every engine sees that.
cat >accept.scml <<'END'
struct sockaddr = { sa_family = AF_INET, .. };
accept(sockfd, addr = <sockaddr>, addrlen);
END
sed s/AF_INET/AF_UNIX/ accept.scml >unix.scml
echo 'accept unsupported: addr.sa_family: AF_INET is in no rule; nearest unix.scml:2' >wanted
for engine in notify trace ptrace; do
	# In a container there may be a filter already, which hides calls from all but ptrace.
	fine=7
	[ $engine = ptrace ] || ! grep -q '^Seccomp:.*[12]' /proc/self/status || fine=4
	trace $fine accept.scml -v --fail --engine $engine -- "$talk" accept
	judged | diff -u /dev/null - || fail "$engine: accept with an address is supported"
	trace 1 unix.scml -v --fail --engine $engine -- "$talk" accept
	judged | grep '^accept ' | diff -u wanted - || fail "$engine: accept with another address is not"
	trace 7 -v --engine $engine -- "$talk"
	judged | diff -u beyond - || fail "$engine: other calls or reasons"
done

# The same from a log, in which the address can be read.
if strace -o log true 2>/dev/null; then
	strace -yy -f -o log "$talk" >/dev/null
	trace 0 -v --input log
	judged | diff -u beyond - || fail "log: other calls or reasons"
	trace 1 --fail --input log
	strace -yy -f -o log "$talk" accept >/dev/null
	trace 0 accept.scml -v --fail --input log
	judged | diff -u /dev/null - || fail "log: accept with an address is supported"
	trace 0 unix.scml -v --input log
	judged | grep '^accept ' | diff -u wanted - || fail "log: accept with another address is not"
fi

# Programs of other people: what they fetch is whole, and what is reported is there to be seen.
python=/usr/bin/python3
[ -x $python ] && command -v curl >/dev/null || exit 0
cat >serve.py <<'END'
import http.server, subprocess, sys

class Handler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass

server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
url = "http://127.0.0.1:%d/net.scml" % server.server_port
client = subprocess.Popen(["curl", "-s", "-S", "--noproxy", "*", "-o", "fetched", url])
server.handle_request()
sys.exit(client.wait())
END
trace 0 -v -- $python serve.py
cmp net.scml fetched || fail "the client got something else than the server has"
judged | sort -u >live; cat live
grep -q 'unsupported' live || fail "curl sends with MSG_NOSIGNAL, which is in no rule"
grep -v '^\(socket\|sendto\|recvfrom\|setsockopt\|getsockopt\|recvmsg\|sendmsg\) ' live &&
	fail "live: a call that the rules have"
strace -o log true 2>/dev/null || exit 0
strace -yy -f -o log $python serve.py || exit 1
trace 0 -v --input log
judged | sort -u | diff -u live - || fail "the log is judged otherwise than the running program"
