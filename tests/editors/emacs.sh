#!/bin/sh
# emacs.sh EMACS TOKENS BIN SOURCE FILE...: the Emacs mode. Skipped (77) without Emacs.
set -eu
emacs=$1
TOKENS=$2
bin=$3
source=$4
shift 4
command -v "$emacs" >/dev/null || { echo "skipped: there is no $emacs"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
FILES=$(printf '%s\n' "$@")
INDENT=$source/specs/networking-and-sockets.scml
PATH=$bin:$PATH
HOME=$work
export TOKENS FILES INDENT PATH HOME
cd "$work"
cp "$source/grammar/editors/emacs/scml-mode.el" .
# What the byte compiler warns of is an error.
"$emacs" -Q --batch -L . --eval '(setq byte-compile-error-on-warn t)' -f batch-byte-compile scml-mode.el
timeout 300 "$emacs" -Q --batch -L . -l "$source/tests/editors/emacs.el"
