#!/bin/sh
# npm.sh FOLDER: what the other tests here use of npm's, in exact versions. Skipped (77) where it cannot be had.
set -u
command -v npm >/dev/null && command -v node >/dev/null || { echo "skipped: there is no npm"; exit 77; }
mkdir -p "$1"
timeout 280 npm install --prefix "$1" --no-save --no-audit --no-fund --ignore-scripts --loglevel=error \
	vscode-textmate@9.3.2 vscode-oniguruma@2.0.1 @vscode/vsce@3.6.2 vscode-languageclient@9.0.1 \
	ajv@8.17.1 ajv-draft-04@1.0.0 ajv-formats@3.0.1 @microsoft/jest-sarif@1.0.0-beta.0 >"$1/log" 2>&1 ||
	{ tail -n 3 "$1/log"; echo "skipped: npm gives nothing"; exit 77; }
