// sarif.js MODULES SCMLC FILE...: what --diagnostics sarif writes is valid by the schema of SARIF 2.1.0, and what
// json and github write are lines of their form.
"use strict";
const fs = require("fs");
const path = require("path");
const { spawnSync } = require("child_process");
const [modules, scmlc, ...files] = process.argv.slice(2);
const need = (name) => require(path.join(modules, name));
const Ajv = need("ajv-draft-04").default ?? need("ajv-draft-04");
const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false });
(need("ajv-formats").default ?? need("ajv-formats"))(ajv);
const schema = path.join(modules, "@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json");
const validate = ajv.compile(JSON.parse(fs.readFileSync(schema, "utf8")));
let failures = 0;
let results = 0;
const fail = (text) => { failures++; console.error(text); };
const lint = (format, file) => spawnSync(scmlc, ["lint", "--portable", "--min-kernel", "5.4", "--diagnostics", format, file], { encoding: "utf8" }).stderr;

for (const file of files) {
  const sarif = JSON.parse(lint("sarif", file));
  if (!validate(sarif)) fail(`${file}: ${ajv.errorsText(validate.errors.slice(0, 5))}`);
  const found = sarif.runs[0].results;
  results += found.length;
  for (const one of found)
    if (sarif.runs[0].tool.driver.rules[one.ruleIndex].id !== one.ruleId) fail(`${file}: rule ${one.ruleId}`);
  const lines = lint("json", file).split("\n").filter(Boolean).map((line) => JSON.parse(line));
  if (lines.length !== found.length) fail(`${file}: ${lines.length} lines of JSON and ${found.length} results`);
  const notes = lint("github", file).split("\n").filter(Boolean);
  if (notes.length !== found.length) fail(`${file}: ${notes.length} annotations and ${found.length} results`);
  for (const note of notes) if (!/^::(error|warning|notice) [^:]*title=[a-z0-9-]+::./.test(note)) fail(`${file}: ${note}`);
}
// A schema that everything passes would prove nothing.
if (validate({ version: "2.1.0", runs: [{ results: [] }] })) fail("a log without a tool passes");
if (results === 0) fail("nothing was found to be valid");
console.log(`${results} results of ${files.length} files`);
process.exit(failures ? 1 : 0);
