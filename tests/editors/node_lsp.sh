#!/bin/sh
# The client library of Visual Studio Code against the language server: node_lsp.sh SCMLC WORK.
# 77 where there is no node, or its packages cannot be had.
set -eu
scmlc=$1
work=$2
here=$(dirname "$0")
command -v node >/dev/null && command -v npm >/dev/null || {
	echo "skipped: node and npm are not installed"
	exit 77
}
mkdir -p "$work"
cp "$here/node/package.json" "$here/node/client.js" "$work/"
cd "$work"
test -d node_modules/vscode-languageserver-protocol || timeout 100 npm install --no-package-lock --no-audit --no-fund \
	--ignore-scripts --loglevel=error >npm.log 2>&1 || {
	echo "skipped: the packages cannot be installed"
	exit 77
}
timeout 100 node client.js "$scmlc"
