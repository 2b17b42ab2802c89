#!/bin/sh
# emacs.sh EMACS TOKENS BIN SOURCE FILE...: the Emacs mode. Skipped (77) without Emacs.
set -eu
. "${0%/*}/editor.sh"
emacs=$editor
cd "$work"
cp "$source/grammar/editors/emacs/scml-mode.el" .
# What the byte compiler warns of is an error.
"$emacs" -Q --batch -L . --eval '(setq byte-compile-error-on-warn t)' -f batch-byte-compile scml-mode.el
timeout 300 "$emacs" -Q --batch -L . -l "$source/tests/editors/emacs.el"
