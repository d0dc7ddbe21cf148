import "../explorer/signin.js";
import "graphiql/style.css";
import "@graphiql/plugin-explorer/style.css";
import "./page.css";

import { explorerPlugin } from "@graphiql/plugin-explorer";
import { GraphiQL, HISTORY_PLUGIN } from "graphiql";
import { createRoot } from "react-dom/client";
import { Session, lowerCased } from "../explorer/signin.js";
import { examplesPlugin } from "./examples.jsx";
import { createFetcher } from "./fetcher.js";
import { storage } from "./storage.js";

// __WORKERS__ is filled in by build.mjs: Monaco's label → file.
globalThis.MonacoEnvironment = {
  getWorker: (_id, label) => new Worker(__WORKERS__[label] ?? __WORKERS__.editor),
};

async function start() {
  const response = await fetch("/graphiql/config.json");
  if (!response.ok) throw new Error(`/graphiql/config.json: ${response.status}`);
  const config = await response.json();
  const session = new Session(config);
  const bar = document.querySelector("sign-in-bar");
  bar.session = session;
  createRoot(document.getElementById("graphiql")).render(
    <GraphiQL
      fetcher={createFetcher(config, session)}
      defaultQuery={config.defaultQuery}
      defaultEditorToolsVisibility="variables"
      plugins={[HISTORY_PLUGIN, explorerPlugin({ showAttribution: false }), examplesPlugin(config.examples ?? [])]}
      shouldPersistHeaders={false}
      storage={storage}
      onEditHeaders={(text) => (bar.ownHeader = hasAuthorization(text))}
    />,
  );
}

function hasAuthorization(text) {
  try {
    return "authorization" in lowerCased(JSON.parse(text));
  } catch {
    return false;
  }
}

start().catch((error) => {
  document.getElementById("graphiql").textContent = `GraphiQL could not start: ${error.message}`;
});
