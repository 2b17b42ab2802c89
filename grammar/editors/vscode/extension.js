// The extension: starts `scmlc lsp` and connects the editor to it.
"use strict";

const vscode = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

let client;

async function start() {
  const settings = vscode.workspace.getConfiguration("scml");
  const server = {
    command: settings.get("path", "scmlc"),
    args: ["lsp", ...settings.get("arguments", [])],
  };
  client = new LanguageClient("scml", "SCML", server, {
    documentSelector: [
      { scheme: "file", language: "scml" },
      { scheme: "untitled", language: "scml" },
    ],
  });
  try {
    await client.start();
  } catch (error) {
    client = undefined;
    vscode.window.showErrorMessage(
      `SCML: '${server.command} lsp' does not start (${error.message}); the setting scml.path says where scmlc is`,
    );
  }
}

async function stop() {
  const running = client;
  client = undefined;
  if (running) await running.stop();
}

exports.activate = async (context) => {
  context.subscriptions.push(
    vscode.workspace.onDidChangeConfiguration(async (event) => {
      if (!event.affectsConfiguration("scml")) return;
      await stop();
      await start();
    }),
  );
  await start();
};

exports.deactivate = stop;
