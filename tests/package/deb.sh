#!/bin/sh
# deb.sh BUILD: the Debian packages have neither errors nor warnings of lintian, install on a clean Debian and run there. Skipped (77)
# where they cannot be made, or no Debian can be fetched.
set -eu
build=$1
for tool in cpack dpkg-shlibdeps lintian mmdebstrap gzip; do
	command -v $tool >/dev/null || { echo "skipped: there is no $tool"; exit 77; }
done
. /etc/os-release
[ "${VERSION_CODENAME-}" = bookworm ] || { echo "skipped: this is no Debian 12"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "deb.sh: $*" >&2; exit 1; }

# The lock keeps another cpack in the same folder out.
(cd "$work" && umask 077 && flock "$build/CPackConfig.cmake" cpack --config "$build/CPackConfig.cmake" -B "$work/cpack") >"$work/log" 2>&1 ||
	{ cat "$work/log"; fail "cpack"; }
debs=$(ls "$work"/cpack/*.deb)
[ "$(echo "$debs" | wc -l)" = 3 ] || fail "there are other packages than three: $debs"
as_other=
[ "$(id -u)" != 0 ] || as_other=--allow-root
for deb in $debs; do
	lintian $as_other --fail-on error,warning "$deb" || fail "lintian on $deb"
done
# What the programs need is found out, not written down.
dpkg-deb -f "$work"/cpack/scml_*.deb Depends | grep -q libyaml-0-2 || fail "dependencies of scml"

mmdebstrap --simulate --variant=apt bookworm /dev/null >"$work/log" 2>&1 ||
	{ tail -n 3 "$work/log"; echo "skipped beyond lintian: no Debian can be fetched"; exit 77; }
cat >"$work/inside" <<'END'
set -eu
apt-get install -y --no-install-recommends /debs/*.deb
scmlc --version
cd /tmp
echo 'socket(family = AF_INET, type = SOCK_STREAM, protocol = 0);' >a.scml
scmlc a.scml --scope listed -o a.bpf
[ "$(printf 'socket 2 1 0\nsocket 10 1 0\n' | scmlc sim a.bpf | cut -d' ' -f1 | tr '\n' ' ')" = "allow errno:ENOSYS " ]
printf 'socket(AF_INET6, SOCK_STREAM, 0) = 3\n' >log
! scmltrace a.scml --fail --input log
scmlrun --version
ldconfig -p | grep -q libscml.so.0
dpkg --verify scml libscml0 libscml-dev
dpkg --purge scml libscml-dev libscml0
[ ! -e /usr/bin/scmlc ]
echo INSIDE-DONE
END
mmdebstrap --variant=apt --format=null \
	--customize-hook='mkdir "$1/debs"' \
	--customize-hook="copy-in $(echo "$debs" | tr '\n' ' ') /debs" \
	--customize-hook="copy-in $work/inside /" \
	--customize-hook='chroot "$1" sh /inside' bookworm /dev/null >"$work/log" 2>&1 || { tail -n 30 "$work/log"; fail "on a clean Debian"; }
grep -q '^INSIDE-DONE' "$work/log" || { tail -n 30 "$work/log"; fail "on a clean Debian"; }
echo "deb.sh: all is well"
