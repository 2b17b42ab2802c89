#!/bin/sh
# crun.sh SCMLC: containers that crun starts with profiles of `scmlc -t oci` refuse what the rules
# refuse, with the errno that was asked for, and let the rest through. A profile that went through
# `scmlc import` refuses the same.
set -u
scmlc=$1

skip()
{
	echo "skipped: $1"
	exit 77
}

command -v crun >/dev/null || skip "there is no crun"
# Where the host's control groups are of the old kind, crun is shown an empty tree of the new one.
if [ "${2:-}" != inside ]; then
	unshare -m true 2>/dev/null || skip "no mount namespace can be made here"
	exec unshare -m "$0" "$1" inside
fi
[ "$(stat -f -c %T /sys/fs/cgroup 2>/dev/null)" = cgroup2fs ] ||
	{ umount -R /sys/fs/cgroup && mount -t cgroup2 none /sys/fs/cgroup; } 2>/dev/null ||
	skip "crun finds no control groups that it knows"

folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
mkdir -p rootfs/dev rootfs/proc || exit 1
cat >probe.c <<'EOF'
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Nothing is left to stdio's own choice of calls: one line, one write. */
static void tell(const char *what, long result)
{
	char line[100];
	int size = snprintf(line, sizeof(line), "%s: %s\n", what,
			    result < 0 ? strerror(errno) : "ok");

	if (write(1, line, (size_t)size) != size)
		_exit(2);
}

int main(void)
{
	tell("socket inet", socket(AF_INET, SOCK_STREAM, 0));
	tell("socket inet, close-on-exec", socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
	tell("socket inet6", socket(AF_INET6, SOCK_STREAM, 0));
	tell("socket inet, seqpacket", socket(AF_INET, SOCK_SEQPACKET, 0));
	tell("personality query", personality(0xffffffff));
	tell("personality 8", personality(8));
	tell("umask", syscall(SYS_umask, 022));
	tell("clone3", syscall(SYS_clone3, 0, 0));
	return 0;
}
EOF
cc -static -o rootfs/probe probe.c 2>/dev/null || skip "there is no compiler that links statically"

# container PROFILE: what the probe says in a container with this profile; none without one.
container()
{
	# Put together as text: a program that reads and writes JSON may round numbers of 64 bits.
	cat >config.json <<'EOF'
{ "ociVersion": "1.0.0",
  "process": { "terminal": false, "user": { "uid": 0, "gid": 0 }, "args": [ "/probe" ],
    "cwd": "/", "noNewPrivileges": true },
  "root": { "path": "rootfs", "readonly": false },
  "mounts": [ { "destination": "/proc", "type": "proc", "source": "proc" },
    { "destination": "/dev", "type": "tmpfs", "source": "tmpfs" } ],
  "linux": { "namespaces": [ { "type": "mount" }, { "type": "pid" } ]
EOF
	{ [ $# = 0 ] || { echo ', "seccomp":' && cat "$1"; } && echo '} }'; } >>config.json
	timeout 60 crun --root "$folder/state" --cgroup-manager=disabled run "scml-$$" 2>&1
}

container >bare || skip "crun cannot start a container here: $(head -n 1 bare)"
grep -q '^socket inet6: ok' bare && grep -q '^personality 8: ok' bare ||
	skip "a sandbox around this test refuses calls itself"

failures=0
# check WHAT PROFILE: the container says what is in the file expected.
check()
{
	container "$2" >got
	if ! diff -u expected got; then
		echo "$1: the container does not do what the rules say"
		failures=$((failures + 1))
	fi
}

cat >rules.scml <<'EOF'
type_flags = SOCK_NONBLOCK | SOCK_CLOEXEC;
socket(family = AF_INET, type = SOCK_STREAM | SOCK_DGRAM | <type_flags>, protocol = 0);
personality(persona = 0xffffffff);
clone3(cl_args, size = 88);
EOF
cat >expected <<'EOF'
socket inet: ok
socket inet, close-on-exec: ok
socket inet6: Invalid cross-device link
socket inet, seqpacket: Invalid cross-device link
personality query: ok
personality 8: Invalid cross-device link
umask: ok
clone3: Function not implemented
EOF
"$scmlc" -q rules.scml --scope listed --on-mismatch errno:EXDEV --on-mismatch clone3=errno:ENOSYS \
	-o listed.oci.json || exit 1
check "only the calls that are listed" listed.oci.json

# There and back: what import makes of the profile is the same rules.
"$scmlc" -q import listed.oci.json -o back.scml 2>notes || { cat notes; exit 1; }
"$scmlc" -q back.scml --on-mismatch errno:EXDEV --on-mismatch clone3=errno:ENOSYS \
	-o back.oci.json || exit 1
check "imported" back.oci.json

# All calls are judged: the program needs these to start and to speak.
cat >strict.scml <<'EOF'
execve(filename, argv, envp);
arch_prctl(option, addr);
brk(brk);
mprotect(addr, len, prot = PROT_READ | PROT_WRITE);
mmap(addr, length, prot = PROT_READ | PROT_WRITE, flags = MAP_PRIVATE | MAP_ANONYMOUS, fd, offset);
set_tid_address(tidptr);
set_robust_list(head, len);
rseq(rseq, rseq_len, flags, sig);
prlimit64(pid, resource, new_limit, old_limit);
readlink(path, buf, bufsiz);
readlinkat(dirfd, path, buf, bufsiz);
getrandom(buf, buflen, flags);
newfstatat(dirfd, path, statbuf, flags);
fstat(fd, statbuf);
uname(buf);
write(fd, buf, count);
exit_group(status);
// What crun itself calls between the filter and the program.
close(fd);
close_range(first, last, flags);
EOF
sed -i 's/^umask: ok/umask: Invalid cross-device link/' expected
"$scmlc" -q rules.scml strict.scml --on-mismatch errno:EXDEV --on-mismatch clone3=errno:ENOSYS \
	-o strict.oci.json 2>notes || { cat notes; exit 1; }
check "all calls" strict.oci.json

[ "$failures" = 0 ] && echo "$(wc -l <bare) calls in 3 containers as the rules say"
exit "$failures"
