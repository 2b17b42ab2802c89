// Messages as Visual Studio Code sends them, and answers as its library understands them.
import assert from "node:assert";
import { spawn } from "node:child_process";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const lsp = require("vscode-languageserver-protocol/node");

const uri = "file:///project/rules.scml";
const text = `opt = SOCK_CLOEXEC;
struct address = { sa_family = AF_INET, .. };
socket(family = AF_INTE, type = SOCK_STREAM | <opt>, protocol);
bind(fd, addr = <address>, len);
`;

const server = spawn(process.argv[2], ["lsp", "--stdio", "--arch", "x86_64"]);
const exited = new Promise((resolve) => server.on("exit", resolve));
const connection = lsp.createProtocolConnection(
	new lsp.StreamMessageReader(server.stdout),
	new lsp.StreamMessageWriter(server.stdin),
);
const published = [];
connection.onNotification(lsp.PublishDiagnosticsNotification.type, (params) => published.push(params));
connection.onRequest(lsp.RegistrationRequest.type, () => null);
connection.listen();

async function diagnostics(version) {
	for (let i = 0; i < 1000; i++) {
		const found = published.find((one) => one.version === version);
		if (found) return found.diagnostics;
		await new Promise((resolve) => setTimeout(resolve, 10));
	}
	assert.fail(`no diagnostics of version ${version}`);
}

const textDocument = { uri };
const at = (line, character) => ({ textDocument, position: { line, character } });
const ask = (type, params) => connection.sendRequest(type, params);

const started = await ask(lsp.InitializeRequest.type, {
	processId: process.pid,
	rootUri: null,
	workspaceFolders: null,
	capabilities: {
		general: { positionEncodings: ["utf-16"] },
		workspace: { workspaceEdit: { documentChanges: true }, didChangeWatchedFiles: { dynamicRegistration: true } },
		textDocument: {
			publishDiagnostics: { relatedInformation: true, tagSupport: { valueSet: [1, 2] } },
			completion: { completionItem: { snippetSupport: true } },
			hover: { contentFormat: ["markdown", "plaintext"] },
			documentSymbol: { hierarchicalDocumentSymbolSupport: true },
			codeAction: { codeActionLiteralSupport: { codeActionKind: { valueSet: ["quickfix"] } } },
		},
	},
});
assert.strictEqual(started.capabilities.positionEncoding, lsp.PositionEncodingKind.UTF16);
assert.strictEqual(started.capabilities.textDocumentSync.change, lsp.TextDocumentSyncKind.Incremental);
connection.sendNotification(lsp.InitializedNotification.type, {});
connection.sendNotification(lsp.DidOpenTextDocumentNotification.type, {
	textDocument: { uri, languageId: "scml", version: 1, text },
});
const [mistake] = await diagnostics(1);
assert.ok(lsp.Diagnostic.is(mistake));
assert.strictEqual(mistake.code, "unknown-constant");
assert.strictEqual(mistake.severity, lsp.DiagnosticSeverity.Error);

const actions = await ask(lsp.CodeActionRequest.type, {
	textDocument,
	range: mistake.range,
	context: { diagnostics: [mistake] },
});
assert.ok(actions.every((one) => lsp.CodeAction.is(one)));
const [change] = actions[0].edit.documentChanges;
assert.ok(lsp.TextDocumentEdit.is(change));
assert.strictEqual(change.edits[0].newText, "AF_INET");
connection.sendNotification(lsp.DidChangeTextDocumentNotification.type, {
	textDocument: { uri, version: 2 },
	contentChanges: change.edits.map((edit) => ({ range: edit.range, text: edit.newText })),
});
assert.deepStrictEqual(await diagnostics(2), []);

const hover = await ask(lsp.HoverRequest.type, at(2, 2));
assert.ok(lsp.Hover.is(hover));
assert.match(hover.contents.value, /AF_INET/);

const list = await ask(lsp.CompletionRequest.type, at(2, 18));
assert.ok(list.items.length > 10 && list.items.every((one) => lsp.TextEdit.is(one.textEdit)));
const resolved = await ask(lsp.CompletionResolveRequest.type, list.items[0]);
assert.strictEqual(resolved.documentation.kind, lsp.MarkupKind.Markdown);

const help = await ask(lsp.SignatureHelpRequest.type, at(2, 30));
assert.strictEqual(help.activeParameter, 1);

const [place] = await ask(lsp.DefinitionRequest.type, at(3, 18));
assert.ok(lsp.Location.is(place));
assert.strictEqual(place.range.start.line, 1);
const references = await ask(lsp.ReferencesRequest.type, { ...at(0, 1), context: { includeDeclaration: true } });
assert.strictEqual(references.length, 2);
const highlights = await ask(lsp.DocumentHighlightRequest.type, at(0, 1));
assert.ok(highlights.length === 2 && highlights.every((one) => lsp.Range.is(one.range)));
const renamed = await ask(lsp.RenameRequest.type, { ...at(0, 1), newName: "flags" });
assert.ok(lsp.WorkspaceEdit.is(renamed));
assert.strictEqual(renamed.documentChanges[0].edits.length, 2);
await assert.rejects(ask(lsp.RenameRequest.type, { ...at(0, 1), newName: "address" }), /taken/);
assert.strictEqual((await ask(lsp.PrepareRenameRequest.type, at(0, 1))).placeholder, "opt");

const symbols = await ask(lsp.DocumentSymbolRequest.type, { textDocument });
assert.ok(symbols.length === 4 && symbols.every((one) => lsp.DocumentSymbol.is(one)));
const found = await ask(lsp.WorkspaceSymbolRequest.type, { query: "addr" });
assert.deepStrictEqual(found.map((one) => one.name), ["address"]);
const folds = await ask(lsp.FoldingRangeRequest.type, { textDocument });
assert.ok(folds.every((one) => lsp.FoldingRange.is(one)));
const selections = await ask(lsp.SelectionRangeRequest.type, { textDocument, positions: [{ line: 2, character: 18 }] });
assert.ok(selections.every((one) => lsp.SelectionRange.is(one)));
const tokens = await ask(lsp.SemanticTokensRequest.type, { textDocument });
assert.ok(tokens.data.length > 0 && tokens.data.length % 5 === 0);
const whole = { start: { line: 0, character: 0 }, end: { line: 4, character: 0 } };
const hints = await ask(lsp.InlayHintRequest.type, { textDocument, range: whole });
assert.ok(hints.length > 2 && hints.every((one) => lsp.InlayHint.is(one)));
const edits = await ask(lsp.DocumentFormattingRequest.type, { textDocument, options: { tabSize: 4, insertSpaces: true } });
assert.ok(edits.every((one) => lsp.TextEdit.is(one)));

// one of many is cancelled while it waits
const waiting = [];
let source;
for (let i = 0; i < 50; i++) {
	source = new lsp.CancellationTokenSource();
	waiting.push(connection.sendRequest(lsp.WorkspaceSymbolRequest.type, { query: "" }, source.token).catch((error) => error.code));
}
source.cancel();
const answers = await Promise.all(waiting);
assert.ok(Array.isArray(answers[0]));
assert.ok(Array.isArray(answers[49]) || answers[49] === lsp.LSPErrorCodes.RequestCancelled);

await ask(lsp.ShutdownRequest.type);
await connection.sendNotification(lsp.ExitNotification.type);
assert.strictEqual(await exited, 0);
process.exit(0);
