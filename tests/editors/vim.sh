#!/bin/sh
# vim.sh VIM TOKENS BIN SOURCE FILE...: the files of grammar/editors/vim in Vim or Neovim. Skipped (77) without it.
set -eu
. "${0%/*}/editor.sh"
vim=$editor
OUT=$work/out
export OUT
headless=-es
[ "$vim" != nvim ] || headless='--headless'
cd "$work"
timeout 300 "$vim" $headless -u NONE -i NONE -N --cmd "set runtimepath^=$source/grammar/editors/vim" \
	-S "$source/tests/editors/vim.vim" </dev/null >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
head -n 20 "$OUT"
[ "$(wc -l <"$OUT")" = 1 ]
! grep -q '^0 tokens' "$OUT"
