#!/bin/sh
# Neovim as a client of the language server: nvim_lsp.sh SCMLC. 77 where there is no nvim.
set -eu
scmlc=$1
here=$(dirname "$0")
command -v nvim >/dev/null || {
	echo "skipped: nvim is not installed"
	exit 77
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
printf 'opt = SOCK_CLOEXEC;\nsocket(family = AF_INTE, type = SOCK_STREAM | <opt>,protocol);\n' >"$work/t.scml"
SCMLC=$scmlc XDG_STATE_HOME=$work XDG_DATA_HOME=$work XDG_CACHE_HOME=$work \
	timeout 120 nvim --headless --clean -n -c "luafile $here/nvim_lsp.lua" "$work/t.scml"
