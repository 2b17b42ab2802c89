#!/bin/sh
# vim.sh VIM TOKENS BIN SOURCE FILE...: the files of grammar/editors/vim in Vim or Neovim. Skipped (77) without it.
set -eu
vim=$1
TOKENS=$2
bin=$3
source=$4
shift 4
command -v "$vim" >/dev/null || { echo "skipped: there is no $vim"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
FILES=$(printf '%s\n' "$@")
INDENT=$source/specs/networking-and-sockets.scml
OUT=$work/out
PATH=$bin:$PATH
HOME=$work
export TOKENS FILES INDENT OUT PATH HOME
headless=-es
[ "$vim" != nvim ] || headless='--headless'
cd "$work"
timeout 300 "$vim" $headless -u NONE -i NONE -N --cmd "set runtimepath^=$source/grammar/editors/vim" \
	-S "$source/tests/editors/vim.vim" </dev/null >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
head -n 20 "$OUT"
[ "$(wc -l <"$OUT")" = 1 ]
! grep -q '^0 tokens' "$OUT"
