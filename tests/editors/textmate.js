// textmate.js MODULES TOKENS GRAMMARS FILE...: the TextMate grammar gives each token of the compiler's scanner the
// scope that its class asks for, and calls nothing invalid. With vscode-textmate, as VS Code reads grammars.
"use strict";
const fs = require("fs");
const path = require("path");
const { execFileSync } = require("child_process");

const [modules, tokensProgram, grammars, ...files] = process.argv.slice(2);
const tm = require(path.join(modules, "vscode-textmate"));
const oniguruma = require(path.join(modules, "vscode-oniguruma"));

const scopes = {
  call: "entity.name.function.scml",
  struct: "storage.type.struct.scml",
  type: "entity.name.type.struct.scml",
  definition: "entity.name.constant.flags.scml",
  parameter: "variable.parameter.scml",
  constant: "constant.other.scml",
  null: "constant.language.null.scml",
  reference: "variable.other.reference.scml",
  builtin: "support.type.builtin.scml",
  number: "constant.numeric.",
  operator: "keyword.operator.",
  angle: "punctuation.definition.reference.",
  mark: "punctuation.",
  doc: "comment.line.documentation.scml",
  comment: "comment.",
};
let failures = 0;
function fail(message) {
  if (++failures <= 20) console.error(message);
}

const registry = new tm.Registry({
  onigLib: oniguruma.loadWASM(fs.readFileSync(path.join(modules, "vscode-oniguruma/release/onig.wasm")).buffer).then(() => ({
    createOnigScanner: (sources) => new oniguruma.OnigScanner(sources),
    createOnigString: (text) => new oniguruma.OnigString(text),
  })),
  loadGrammar: async (scope) => {
    if (scope === "text.html.markdown") return { scopeName: scope, patterns: [], repository: {} };
    const name = { "source.scml": "scml.tmLanguage.json", "markdown.scml.codeblock": "scml.markdown.json" }[scope];
    return tm.parseRawGrammar(fs.readFileSync(path.join(grammars, name), "utf8"), name);
  },
  getInjections: (scope) => (scope === "text.html.markdown" ? ["markdown.scml.codeblock"] : undefined),
});

function tokenize(grammar, text) {
  let state = tm.INITIAL;
  return text.split("\n").map((line) => {
    const result = grammar.tokenizeLine(line, state);
    state = result.ruleStack;
    return result.tokens;
  });
}

// The scopes at each byte range of a line; columns of the scanner count bytes.
function scopesAt(lines, tokens, line, byte) {
  const column = Buffer.from(lines[line - 1]).subarray(0, byte - 1).toString().length;
  const token = tokens[line - 1].find((one) => one.startIndex <= column && column < one.endIndex);
  return token ? token.scopes : [];
}

function check(grammar, file, isMarkdown) {
  const lines = fs.readFileSync(file, "utf8").split("\n");
  const tokens = tokenize(grammar, lines.join("\n"));
  let count = 0;
  for (const row of execFileSync(tokensProgram, [file], { encoding: "utf8", maxBuffer: 1 << 28 }).split("\n")) {
    if (!row) continue;
    const [line, column, length, kind, text] = row.split("\t");
    count++;
    for (const at of [Number(column), Number(column) + Math.min(Number(length), Buffer.byteLength(text)) - 1]) {
      const found = scopesAt(lines, tokens, Number(line), at);
      if (!found.some((one) => one.startsWith(scopes[kind]))) {
        fail(`${file}:${line}:${at}: '${text}' is a ${kind}, and its scopes are ${found.join(" ")}`);
        break;
      }
      if (isMarkdown && !found.includes("meta.embedded.block.scml")) fail(`${file}:${line}: not in a fenced block`);
    }
  }
  tokens.forEach((line, index) => {
    const bad = line.find((one) => one.scopes.some((scope) => scope.startsWith("invalid")));
    if (bad) fail(`${file}:${index + 1}:${bad.startIndex + 1}: invalid`);
  });
  return count;
}

(async () => {
  const scml = await registry.loadGrammar("source.scml");
  const markdown = await registry.loadGrammar("text.html.markdown");
  let count = 0;
  for (const file of files) {
    if (file.endsWith(".md")) count += check(markdown, file, true);
    else count += check(scml, file, false);
  }
  if (count === 0) fail("no tokens were compared");
  // What the scanner refuses is shown as wrong, and prose of a page is not touched.
  for (const wrong of ["read(fd @);", "a = 0x1G;", "a = 08;"]) {
    if (!tokenize(scml, wrong)[0].some((one) => one.scopes.some((scope) => scope.startsWith("invalid")))) fail(`'${wrong}' is not marked`);
  }
  const page = tokenize(markdown, "socket(a);\n```scml\nsocket(a);\n```\nsocket(a);\n```c\nsocket(a);\n```");
  const coloured = page.map((line) => line.some((one) => one.scopes.includes("entity.name.function.scml")));
  if (coloured.join() !== [0, 0, 1, 0, 0, 0, 0, 0].map(Boolean).join()) fail(`fences: ${coloured}`);
  console.log(`${count} tokens of ${files.length} files`);
  process.exit(failures ? 1 : 0);
})();
