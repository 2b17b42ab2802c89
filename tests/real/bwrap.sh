#!/bin/sh
# bwrap.sh SCMLC SPEC PROBE: a program in bubblewrap under a filter of the networking rules gets
# from each call what it got without, or ENOSYS where the rules have no such call.
set -u
scmlc=$1 spec=$2 probe=$3

skip()
{
	echo "skipped: $1"
	exit 77
}

command -v bwrap >/dev/null || skip "there is no bwrap"
bwrap --dev-bind / / -- true 2>/dev/null || skip "bwrap may not run here"
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1

"$scmlc" -q "$spec" --scope listed -o filter.bpf || exit 1
sandbox()
{
	bwrap --dev-bind / / --seccomp 9 -- "$@" 9<filter.bpf
}

bwrap --dev-bind / / -- "$probe" >bare || exit 1
if grep -n 'ENOSYS' bare; then
	skip "a sandbox around this test refuses calls itself"
fi
sandbox "$probe" >filtered || exit 1
sed '/^refused/s/: [^:]*$/: ENOSYS/' bare >expected
if ! diff -u expected filtered; then
	echo "the filter does not do what the rules say"
	exit 1
fi
for call in 'socket(AF_INET, SOCK_STREAM, 0)' 'socket(AF_INET | BEYOND, SOCK_STREAM, 0)' \
	'sendto(fds\[0\], (long)&byte, 1, 0, 0, 0)'; do
	grep -q "^allowed $call: ok" filtered || skip "this kernel has no $call"
done
echo "$(grep -c ^allowed expected) calls as without the filter, $(grep -c ^refused expected) refused"

python=/usr/bin/python3
[ -x $python ] || exit 0
sandbox $python - >talk <<'END' || exit 1
import errno, socket

server = socket.create_server(("127.0.0.1", 0))
client = socket.create_connection(server.getsockname())
peer, _ = server.accept()
client.sendall(b"hello")
print(peer.recv(16).decode())
for kind in (socket.AF_INET6, socket.SOCK_STREAM), (socket.AF_INET, socket.SOCK_RAW):
    try:
        socket.socket(*kind)
    except OSError as error:
        print(errno.errorcode[error.errno])
try:
    client.send(b"x", socket.MSG_NOSIGNAL)
except OSError as error:
    print(errno.errorcode[error.errno])
END
printf 'hello\nENOSYS\nENOSYS\nENOSYS\n' | diff -u - talk
