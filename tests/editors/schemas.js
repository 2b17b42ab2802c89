// schemas.js MODULES SCMLC SCMLTRACE SOURCE FILE...: what `scmltrace --json` and `scmlc -t json` write is valid by the
// schemas of specs/schema/. The logs and rules of the golden tests are judged, and FILEs compiled.
"use strict";
const fs = require("fs");
const os = require("os");
const path = require("path");
const { spawnSync } = require("child_process");
const [modules, scmlc, scmltrace, source, ...files] = process.argv.slice(2);
const need = (name) => { const got = require(path.join(modules, name)); return got.default ?? got; };
const Ajv = need("ajv/dist/2020");
const ajv = new Ajv({ strict: false, allErrors: true });
const schema = (name) => ajv.compile(JSON.parse(fs.readFileSync(path.join(source, "specs/schema", name), "utf8")));
const report = schema("report.schema.json");
const rules = schema("rules.schema.json");
const work = fs.mkdtempSync(path.join(os.tmpdir(), "schemas."));
const seen = {};
let failures = 0;
let compiled = 0;
const fail = (text) => { if (++failures < 20) console.error(text); };
const run = (program, args) => spawnSync(program, args, { cwd: work, encoding: "utf8", maxBuffer: 1 << 28 });

// The texts behind `--file NAME` in a golden case.
function parts(file) {
  const found = {};
  let name = null;
  for (const line of fs.readFileSync(file, "utf8").split("\n")) {
    const mark = /^--- (?:file (\S+))?/.exec(line);
    if (mark) name = mark[1] ? path.basename(mark[1]) : null;
    else if (name) found[name] = (found[name] ?? "") + line + "\n";
  }
  return found;
}

function compile(name, label) {
  const got = run(scmlc, ["-q", "--arch", "x86_64", "--arch", "aarch64", "-t", "json", "-o", "-", name]);
  if (got.status !== 0) return false;
  compiled++;
  if (!rules(JSON.parse(got.stdout))) fail(`${label}: ${ajv.errorsText(rules.errors.slice(0, 3))}`);
  return true;
}

function judge(spec, log, label) {
  for (const more of [["--all"], ["--summary", "--coverage"]]) {
    const got = run(scmltrace, ["--arch", "x86_64", spec, "--json", ...more, "-o", "-", "--input", log]);
    for (const line of got.stdout.split("\n").filter(Boolean)) {
      const one = JSON.parse(line);
      seen[one.type] = (seen[one.type] ?? 0) + 1;
      if (!report(one)) fail(`${label}: ${line}: ${ajv.errorsText(report.errors.slice(-3))}`);
    }
  }
}

for (const folder of ["language", "outputs", "trace"]) {
  const at = path.join(source, "tests/golden", folder);
  for (const file of fs.readdirSync(at).filter((one) => one.endsWith(".case"))) {
    const texts = parts(path.join(at, file));
    for (const name in texts) fs.writeFileSync(path.join(work, name), texts[name]);
    const names = Object.keys(texts);
    for (const spec of names.filter((one) => one.endsWith(".scml"))) {
      if (!compile(spec, file) || folder !== "trace") continue;
      for (const log of names.filter((one) => !/\.(scml|json|md)$/.test(one))) judge(spec, log, file);
    }
  }
}
for (const file of files) compile(path.resolve(file), file);
fs.rmSync(work, { recursive: true });
for (const type of ["call", "cause", "need", "rule", "summary"]) if (!seen[type]) fail(`no line of type ${type} was seen`);
if (compiled < 20) fail(`only ${compiled} specs were compiled`);
// Schemas that everything passes would prove nothing.
if (report({ type: "summary", calls: -1 }) || report({ type: "other" })) fail("a wrong line of a report passes");
if (rules({ version: 1, generator: "x" })) fail("rules without architectures pass");
console.log(`${compiled} specs and lines ${JSON.stringify(seen)} are valid`);
process.exit(failures ? 1 : 0);
