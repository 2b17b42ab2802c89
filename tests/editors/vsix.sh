#!/bin/sh
# vsix.sh MODULES EXTENSION VERSION: the VS Code extension is packaged, holds what it names, and starts the language
# server. Skipped (77) without the modules of npm.
set -eu
modules=$1
extension=$2
version=$3
[ -d "$modules/@vscode/vsce" ] && [ -d "$modules/vscode-languageclient" ] || { echo "skipped: the modules of npm are not there"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "vsix.sh: $*" >&2; exit 1; }
cp -r "$extension" "$work/scml"
cd "$work/scml"
# What the extension depends on, from what is here already.
mkdir node_modules
for module in vscode-languageclient vscode-languageserver-protocol vscode-jsonrpc vscode-languageserver-types \
	minimatch semver brace-expansion balanced-match; do
	cp -r "$modules/$module" node_modules/
done
[ ! -d "$modules/vscode-languageclient/node_modules" ] || cp -r "$modules/vscode-languageclient/node_modules/." node_modules/
node "$modules/@vscode/vsce/vsce" package --no-dependencies --allow-star-activation --skip-license -o ../scml.vsix >../log 2>&1 || { cat ../log; fail "vsce"; }
node "$modules/@vscode/vsce/vsce" ls --no-dependencies >../files 2>/dev/null
unzip -l ../scml.vsix >../listing 2>/dev/null || python3 -m zipfile -l ../scml.vsix >../listing
for file in package.json extension.js language-configuration.json syntaxes/scml.tmLanguage.json syntaxes/scml.markdown.json; do
	grep -q "extension/$file" ../listing || fail "$file is not in the package"
done
grep -q "\"version\": \"$version\"" package.json || fail "the version"

# Activated in a stand-in for the editor, it runs `scmlc lsp` with the user's settings.
cat >../activate.js <<'END'
const Module = require("module");
const load = Module._load;
const seen = [];
Module._load = function (name, ...rest) {
  if (name === "vscode")
    return {
      workspace: {
        getConfiguration: () => ({ get: (key, standard) => (key === "arguments" ? ["--arch", "aarch64"] : standard) }),
        onDidChangeConfiguration: () => ({ dispose() {} }),
      },
      window: { showErrorMessage: (text) => seen.push(text) },
    };
  if (name === "vscode-languageclient/node")
    return { LanguageClient: class {
      constructor(id, title, server, client) { seen.push(server.command, ...server.args, client.documentSelector[0].language); }
      async start() { seen.push("started"); }
      async stop() { seen.push("stopped"); }
    } };
  return load.call(this, name, ...rest);
};
const extension = require(process.argv[2]);
extension.activate({ subscriptions: [] }).then(() => extension.deactivate()).then(() => console.log(seen.join(" ")));
END
got=$(node ../activate.js "$work/scml/extension.js")
[ "$got" = "scmlc lsp --arch aarch64 scml started stopped" ] || fail "activation: $got"
echo "vsix.sh: all is well"
