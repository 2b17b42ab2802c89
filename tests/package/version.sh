#!/bin/sh
# version.sh SOURCE BIN VERSION: the version stands in one place, the project() line, and everything that names one
# says the same.
set -eu
source=$1
bin=$2
version=$3
fail() { echo "version.sh: $*" >&2; exit 1; }

for program in scmlc scmltrace scmlrun; do
	said=$("$bin/$program" --version 2>/dev/null || "$bin/runtime/$program" --version)
	[ "$said" = "$program $version" ] || fail "$program says '$said'"
done
echo "$version" | grep -qE '^(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)$' || fail "'$version' is no semantic version"
grep -qE "^## \[$version\] - 20[0-9]{2}-[01][0-9]-[0-3][0-9]$" "$source/CHANGELOG.md" || fail "CHANGELOG.md has no entry"
[ "$(grep -E '^## \[[0-9]' "$source/CHANGELOG.md" | head -n 1 | cut -d']' -f1)" = "## [$version" ] ||
	fail "CHANGELOG.md begins with another version"
out=$("$bin/scmlc" -q "$source/specs/networking-and-sockets.scml" -t c -o -)
echo "$out" | grep -q "written by scmlc $version" || fail "tables name another version"
# Anywhere else it would be a second place to change.
again=$(cd "$source" && grep -rlF "$version" --include='*.[chly]' --include='*.cmake' --include=CMakeLists.txt --include=package.json \
	--include='*.in' --include='*.el' --include='*.vim' compiler grammar runtime .package CMakeLists.txt | grep -vx CMakeLists.txt || true)
[ -z "$again" ] || fail "the version stands in $again too"
