#!/bin/sh
# nvim_setup.sh BIN SOURCE: Neovim with the files of grammar/editors/vim starts the language server by itself. Skipped
# (77) without Neovim.
set -eu
PATH=$1:$PATH
source=$2
command -v nvim >/dev/null || { echo "skipped: nvim is not installed"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
printf 'socket(family = AF_INTE, type, protocol);\n' >wrong.scml
printf 'close(fd);\n' >other.scml
printf '# A page\n\n```scml\nread(fd);\n```\n' >page.md
cp page.md second.md
HOME=$work XDG_STATE_HOME=$work XDG_DATA_HOME=$work XDG_CACHE_HOME=$work XDG_CONFIG_HOME=$work timeout 120 \
	nvim --headless --clean -n --cmd "set runtimepath^=$source/grammar/editors/vim" \
	-c "luafile $source/tests/editors/nvim_setup.lua"
