# editor.sh, read by the tests of editors with their arguments EDITOR TOKENS BIN SOURCE FILE...: an empty home, in
# $work, and what the editor's own script wants to know. Skipped (77) without the editor.
editor=$1
TOKENS=$2
bin=$3
source=$4
shift 4
command -v "$editor" >/dev/null || { echo "skipped: there is no $editor"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
FILES=$(printf '%s\n' "$@")
INDENT=$source/specs/networking-and-sockets.scml
PATH=$bin:$PATH
HOME=$work
export TOKENS FILES INDENT PATH HOME
