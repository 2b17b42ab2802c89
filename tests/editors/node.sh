#!/bin/sh
# node.sh MODULES SCRIPT ARG...: SCRIPT by Node with the modules that npm.sh fetched. Skipped (77) without them.
set -eu
[ -d "$1/vscode-textmate" ] && [ -d "$1/@vscode/vsce" ] || { echo "skipped: the modules of npm are not there"; exit 77; }
modules=$1
script=$2
shift 2
exec node "$script" "$modules" "$@"
