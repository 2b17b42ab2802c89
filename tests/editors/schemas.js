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

function check(text, label) {
  for (const line of text.split("\n").filter(Boolean)) {
    const one = JSON.parse(line);
    seen[one.type] = (seen[one.type] ?? 0) + 1;
    if (!report(one)) fail(`${label}: ${line}: ${ajv.errorsText(report.errors.slice(-3))}`);
  }
}

const forms = [["--all"], ["--summary", "--coverage"]];

function judge(spec, log, label) {
  for (const more of forms)
    check(run(scmltrace, ["--arch", "x86_64", spec, "--json", ...more, "-o", "-", "--input", log]).stdout, label);
}

// The same of a program that runs: sockets within and beyond the rules, threads, another program.
const program = `
const net = require("net");
const server = net.createServer((socket) => socket.end("x")).listen(0, "127.0.0.1", () =>
  net.connect(server.address().port, "127.0.0.1").resume().on("close", () => {
    require("dgram").createSocket("udp6").bind(0, "::1", () => process.exit(7)).on("error", () => process.exit(7));
    require("child_process").execFileSync("true");
  }));`;

function watch(spec) {
  const file = path.join(work, "live.json");
  for (const more of forms) {
    const args = [spec, "--scope", "listed", "--json", ...more, "-o", file, "--", process.execPath, "-e", program];
    const got = run(scmltrace, args);
    if (/not permitted|not supported|denied/.test(got.stderr)) return false;
    if (got.status !== 7) fail(`live: status ${got.status} ${got.signal}: ${got.stderr}`);
    check(fs.readFileSync(file, "utf8"), `live ${more}`);
  }
  const sum = run(scmltrace, ["merge", file, file]);
  if (sum.status !== 0) fail(`merge: status ${sum.status}: ${sum.stderr}`);
  check(sum.stdout, "merge");
  return true;
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
const before = { ...seen };
const isLive = watch(path.join(source, "specs/networking-and-sockets.scml"));
if (isLive && seen.call === before.call) fail("no call of a running program was seen");
fs.rmSync(work, { recursive: true });
for (const type of ["call", "cause", "need", "rule", "summary"]) if (!seen[type]) fail(`no line of type ${type} was seen`);
if (compiled < 20) fail(`only ${compiled} specs were compiled`);
// Schemas that everything passes would prove nothing.
if (report({ type: "summary", calls: -1 }) || report({ type: "other" })) fail("a wrong line of a report passes");
if (rules({ version: 1, generator: "x" })) fail("rules without architectures pass");
console.log(`${compiled} specs and lines ${JSON.stringify(seen)} are valid${isLive ? "" : "; no program can be watched here"}`);
process.exit(failures ? 1 : 0);
