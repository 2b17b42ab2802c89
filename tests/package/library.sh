#!/bin/sh
# library.sh BUILD CC: a program of somebody else's uses the library as it is installed: through
# pkg-config, through find_package, through Python's ctypes; shared and static.
set -eu
build=$1
cc=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "library.sh: $*" >&2; exit 1; }

DESTDIR=$work/root cmake --install "$build" --prefix /opt/scml >/dev/null
root=$work/root/opt/scml
lib=$(dirname "$(find "$root" -name libscml.a)")
[ -x "$root/bin/scmlc" ] && [ -x "$root/bin/scmltrace" ] && [ -x "$root/bin/scmlrun" ] ||
	fail "a program is missing"

# Names: the soname, and nothing but scml_ to link against. The version node is no function.
readelf -d "$lib/libscml.so" | grep -q 'SONAME.*\[libscml\.so\.0\]' || fail "the soname"
[ "$(readlink "$lib/libscml.so")" = libscml.so.0 ] || fail "the development link"
shared=$(nm -D --defined-only "$lib/libscml.so" | awk '$2 != "A" { print $3 }' | sort)
echo "$shared" | grep -qx 'scml_match@@SCML_0' || fail "scml_match is not exported"
wrong=$(echo "$shared" | grep -v '^scml_[a-z_]*@@SCML_0$' || true)
[ -z "$wrong" ] || fail "the shared library exports $wrong"
# What the headers declare, the library has, and the other way round.
declared=$(sed -n 's/^SCML_API.*[ *]\(scml_[a-z_]*\)(.*/\1/p' "$root"/include/*.h | sort)
[ "$declared" = "$(echo "$shared" | sed 's/@.*//')" ] || fail "exported: $shared; declared: $declared"
wrong=$(nm -g --defined-only "$lib/libscml.a" | awk 'NF == 3 && $3 !~ /^scml_/ { print $3 }')
[ -z "$wrong" ] || fail "the archive has the global names $wrong"

cp -r "$root/share/doc/libscml-dev/examples" "$work/example"
cd "$work/example"
"$root/bin/scmlc" rules.scml -o rules.c
"$root/bin/scmlc" rules.scml -o rules.h
cat >expected <<'END'
socket(AF_INET, SOCK_STREAM, 0): supported
socket(AF_INET, SOCK_RAW, 0): unsupported (type)
connect(3, an IPv4 address): supported
connect(3, an IPv6 address): unsupported (addr)
openat(AT_FDCWD, "/etc", O_RDONLY): supported
openat(AT_FDCWD, 1, O_RDONLY): unsupported (filename)
END

export PKG_CONFIG_PATH="$lib/pkgconfig"
[ "$(pkg-config --modversion scml)" = "$("$root/bin/scmlc" --version | cut -d' ' -f2)" ] ||
	fail "scml.pc has another version than scmlc"
$cc -Wall -Wextra -Werror judge.c rules.c $(pkg-config --cflags --libs scml) -o judge
LD_LIBRARY_PATH=$lib ./judge >got
diff expected got || fail "the C example"
$cc -static judge.c rules.c $(pkg-config --cflags scml) "$lib/libscml.a" -o judge_static
./judge_static | diff expected - || fail "the C example, static"

mkdir cmake
cat >cmake/CMakeLists.txt <<'END'
cmake_minimum_required(VERSION 3.16)
project(judge LANGUAGES C)
find_package(scml 0.1 REQUIRED)
add_executable(judge ../judge.c ../rules.c)
target_link_libraries(judge PRIVATE scml::scml)
add_executable(judge_static ../judge.c ../rules.c)
target_link_libraries(judge_static PRIVATE scml::static)
END
cmake -S cmake -B cmake/build -DCMAKE_PREFIX_PATH="$root" -DCMAKE_C_COMPILER="$cc" >cmake.log 2>&1 &&
	cmake --build cmake/build >>cmake.log 2>&1 || { cat cmake.log; fail "find_package(scml)"; }
for one in judge judge_static; do
	"cmake/build/$one" | diff expected - || fail "the C example by CMake, $one"
done
ldd cmake/build/judge | grep -q 'libscml.so.0 => /' || fail "scml::scml is not the shared library"
ldd cmake/build/judge_static | grep -q libscml && fail "scml::static is the shared library"

printf '#include <scml.h>\n#include <scml_filter.h>\nint main() { return scml_has_rules(nullptr, 0) ? 1 : 0; }\n' >a.cc
! command -v c++ >/dev/null || c++ -std=c++17 -Wall -Wextra -Werror -fsyntax-only -I"$root/include" a.cc ||
	fail "the headers in C++"

if command -v python3 >/dev/null; then
	$cc -shared -fPIC rules.c $(pkg-config --cflags scml) -o rules.so
	LD_LIBRARY_PATH=$lib python3 judge.py ./rules.so >got
	sed 's/unsupported .*/unsupported/' expected | head -n 4 | diff - got || fail "the Python example"
fi
echo "library.sh: all is well"
