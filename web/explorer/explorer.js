// The built-in explorer: a page for the GraphQL API that needs no build.

import { Session, isUnauthenticated, lowerCased } from "./signin.js";

const HISTORY = "tubex.history";
const DRAFT = "tubex.draft";
const MOST_HISTORY = 30;
const MOST_COLOURED = 300_000; // characters
const CLOSED_FORBIDDEN = 4403;
const QUICK = 2000; // ms; a token that is refused so soon after its renewal is not renewed again

const TYPE = "kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } }";
const VALUE = `name description defaultValue type { ${TYPE} }`;
const INTROSPECTION = `query IntrospectionQuery {
  __schema {
    queryType { name } mutationType { name } subscriptionType { name }
    types {
      kind name description
      fields(includeDeprecated: true) {
        name description isDeprecated deprecationReason type { ${TYPE} } args { ${VALUE} }
      }
      inputFields { ${VALUE} }
      enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason }
      interfaces { name }
      possibleTypes { name }
    }
  }
}`;

const $ = (id) => document.getElementById(id);
const load = (key, otherwise) => JSON.parse(sessionStorage.getItem(key) ?? "null") ?? otherwise;
const save = (key, value) => sessionStorage.setItem(key, JSON.stringify(value));

function element(tag, properties = {}, ...children) {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
  return node;
}

// ---- running operations ---------------------------------------------------

let running = null; // the AbortController of the operation under way

async function run(config, session) {
  running?.abort();
  const task = (running = new AbortController());
  const { signal } = task;
  const started = performance.now();
  const show = (json, about) => !signal.aborted && showResponse(json, about);
  try {
    const params = { query: $("query").value, variables: readJson("variables") };
    const headers = readJson("headers") ?? {};
    params.operationName = chosenOperation(params.query, $("query").selectionStart);
    remember(params.query, $("variables").value);
    setRunning("Running…");
    if (isSubscription(params)) {
      let count = 0;
      setRunning("Waiting for events…");
      const next = (json) => show(json, `Event ${++count}, ${new Date().toLocaleTimeString()}; still listening`);
      await listen({ config, session, params, headers, signal, next });
      $("status").textContent = `Ended after ${count} events`;
    } else {
      const json = await session.post(params, headers, { signal });
      show(json, `${Math.round(performance.now() - started)} ms`);
    }
  } catch (error) {
    if (!signal.aborted) showResponse({ errors: [{ message: error.message }] }, "Failed");
  } finally {
    if (running === task) running = null;
    $("stop").disabled = running === null;
  }
}

function setRunning(text) {
  $("stop").disabled = false;
  $("status").textContent = text;
  $("response").replaceChildren();
}

function stop() {
  running?.abort();
  $("status").textContent = "Stopped";
}

function readJson(id) {
  const text = $(id).value.trim();
  if (!text) return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`The ${id} are not JSON: ${error.message}`);
  }
}

/** The operations of a document, found without a parser: `{ kind, name, at }`. */
function operations(query) {
  const blank = (text) => " ".repeat(text.length);
  const bare = query.replace(/"""[\s\S]*?"""|"(?:\\.|[^"\\\n])*"|#.*/g, blank);
  const found = [];
  let depth = 0;
  for (const { 0: token, 1: kind, 2: name, index: at } of bare.matchAll(
    /[{}()]|\b(query|mutation|subscription|fragment)\b\s*(\w+)?/g,
  )) {
    if (kind && depth === 0) found.push({ kind, name, at });
    if ("{(".includes(token)) depth += 1;
    if ("})".includes(token)) depth -= 1;
  }
  return found.filter(({ kind }) => kind !== "fragment");
}

/** With several operations in the text, the one the cursor is in. */
function chosenOperation(query, cursor) {
  const all = operations(query);
  return all.length > 1 ? (all.findLast(({ at }) => at <= cursor) ?? all[0]).name : undefined;
}

function isSubscription({ query, operationName }) {
  const all = operations(query);
  return (all.find(({ name }) => name === operationName) ?? all[0])?.kind === "subscription";
}

/** A subscription until its end; begins again with a new token when the old one has run out. */
async function listen(task) {
  const own = lowerCased(task.headers);
  const signed = !("authorization" in own);
  let renewedAt = 0;
  for (;;) {
    const authorization = signed ? await task.session.authorization() : own.authorization;
    const refusal = await listenOnce(task, { ...own, ...(authorization && { authorization }) });
    if (!refusal) return;
    const quick = Date.now() - renewedAt < QUICK;
    renewedAt = Date.now();
    if (!signed || quick || !(await task.session.refused(authorization))) throw new Error(refusal);
  }
}

/** Speaks graphql-transport-ws. Resolves to the server's words if it ended because of the token. */
function listenOnce({ config, params, signal, next }, connectionParams) {
  const url = new URL(config.wsUrl, location.href);
  url.protocol = url.protocol.replace("http", "ws");
  const socket = new WebSocket(url, "graphql-transport-ws");
  return new Promise((resolve, reject) => {
    const send = (message) => socket.send(JSON.stringify(message));
    const onNext = (payload) => {
      if (isUnauthenticated(payload)) resolve(payload.errors[0].message);
      else next(payload);
    };
    const replies = {
      connection_ack: () => send({ id: "1", type: "subscribe", payload: params }),
      ping: () => send({ type: "pong" }),
      next: onNext,
      error: (errors) => onNext({ errors }),
      complete: () => resolve(),
    };
    socket.onopen = () => send({ type: "connection_init", payload: connectionParams });
    socket.onmessage = ({ data }) => {
      const { type, payload } = JSON.parse(data);
      replies[type]?.(payload);
      if (type === "error") resolve();
    };
    socket.onclose = ({ code, reason }) => {
      const message = `The connection was closed: ${code} ${reason}`;
      if (code === CLOSED_FORBIDDEN) resolve(message);
      else reject(new Error(message));
    };
    signal.addEventListener("abort", () => resolve());
  }).finally(() => socket.close());
}

// ---- the response ---------------------------------------------------------

function showResponse(json, about) {
  const text = JSON.stringify(json, null, 2);
  $("status").textContent = `${about} · ${(text.length / 1000).toFixed(1)} kB${json.errors ? " · with errors" : ""}`;
  $("response").replaceChildren(...(text.length > MOST_COLOURED ? [text] : coloured(text)));
}

function coloured(text) {
  const parts = [];
  let end = 0;
  for (const match of text.matchAll(/("(?:\\.|[^"\\])*")(:?)|-?\d[\d.eE+-]*|\b(?:true|false|null)\b/g)) {
    const [token, string, colon] = match;
    const className = colon ? "key" : string ? "string" : "number";
    parts.push(text.slice(end, match.index), element("span", { className, textContent: string ?? token }), colon ?? "");
    end = match.index + token.length;
  }
  return [...parts, text.slice(end)];
}

// ---- the editor -----------------------------------------------------------

const PAIRS = { "{": "}", "(": ")", "[": "]", '"': '"' };

/** Replaces the selection so that undo still works. */
function insert(area, text, back = 0) {
  document.execCommand("insertText", false, text);
  area.selectionStart = area.selectionEnd -= back;
}

function editorKeys(area) {
  let leaving = false; // Escape was pressed: the next Tab moves the focus
  area.addEventListener("keydown", (event) => {
    const { key } = event;
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const { value, selectionStart: start, selectionEnd: end } = area;
    const [before, after] = [value[start - 1] ?? "", value[end] ?? ""];
    const selected = value.slice(start, end);
    const take = (action) => {
      event.preventDefault();
      action();
    };
    if (key === "Tab" && !leaving) take(() => indent(area, event.shiftKey));
    else if (key === "Enter") take(() => newLine(area, before, after));
    else if (start === end && key === after && Object.values(PAIRS).includes(key)) {
      take(() => area.setSelectionRange(start + 1, start + 1));
    } else if (PAIRS[key] && (selected || /^[\s)\]}]?$/.test(after)) && !(key === '"' && /\w|"/.test(before))) {
      take(() => insert(area, key + selected + PAIRS[key], 1));
    } else if (key === "Backspace" && start === end && before && PAIRS[before] === after) {
      area.setSelectionRange(start - 1, end + 1);
    }
    leaving = key === "Escape" || (leaving && key === "Shift");
  });
}

function newLine(area, before, after) {
  const line = area.value.slice(0, area.selectionStart).split("\n").at(-1);
  const margin = line.match(/^ */)[0];
  const opens = "{([".includes(before || " ");
  const closes = opens && after !== "" && PAIRS[before] === after;
  const tail = closes ? `\n${margin}` : "";
  insert(area, `\n${margin}${opens ? "  " : ""}${tail}`, tail.length);
}

function indent(area, outwards) {
  const { value, selectionStart: start, selectionEnd: end } = area;
  if (start === end && !outwards) return insert(area, "  ");
  const from = value.lastIndexOf("\n", start - 1) + 1;
  const lines = value.slice(from, end).split("\n");
  const moved = lines.map((line) => (outwards ? line.replace(/^ {1,2}/, "") : `  ${line}`)).join("\n");
  area.setSelectionRange(from, end);
  document.execCommand("insertText", false, moved);
  area.setSelectionRange(start === end ? area.selectionEnd : from, area.selectionEnd);
}

// ---- history and draft ----------------------------------------------------

function remember(query, variables) {
  const others = load(HISTORY, []).filter((entry) => entry.query !== query || entry.variables !== variables);
  save(HISTORY, [{ query, variables }, ...others].slice(0, MOST_HISTORY));
  showHistory();
}

function showHistory() {
  const title = ({ query }) => query.replace(/#.*/g, "").replace(/\s+/g, " ").trim().slice(0, 70);
  const options = load(HISTORY, []).map((entry, index) => new Option(title(entry), index));
  $("history").replaceChildren(new Option("History", ""), ...options);
}

function recall({ target }) {
  const entry = load(HISTORY, [])[target.value];
  if (!entry) return;
  $("query").value = entry.query;
  $("variables").value = entry.variables;
  target.value = "";
  saveDraft();
  $("query").focus();
}

function offer(examples) {
  const options = examples.map(({ area }, index) => new Option(area, index));
  $("examples").replaceChildren(new Option("Examples", ""), ...options);
  $("examples").addEventListener("change", ({ target }) => {
    const example = examples[target.value];
    if (!example) return;
    $("query").value = example.query;
    $("query").setSelectionRange(0, 0); // runs the first of its operations
    $("variables").value = "";
    target.value = "";
    saveDraft();
    $("query").focus();
  });
}

function saveDraft() {
  save(DRAFT, { query: $("query").value, variables: $("variables").value });
}

// ---- documentation --------------------------------------------------------

class Docs {
  #types;
  #roots;
  #trail = [];

  constructor(schema) {
    this.#types = new Map(schema.types.map((type) => [type.name, type]));
    this.#roots = [schema.queryType, schema.mutationType, schema.subscriptionType]
      .filter(Boolean)
      .map(({ name }) => name);
    $("search").addEventListener("input", () => this.#draw());
    this.#draw();
  }

  #open(name) {
    $("search").value = "";
    this.#trail.push(name);
    this.#draw();
  }

  #draw() {
    const words = $("search").value.trim().toLowerCase();
    const name = this.#trail.at(-1);
    const nodes = words ? this.#found(words) : name ? this.#type(this.#types.get(name)) : this.#overview();
    $("docs").replaceChildren(...nodes);
    $("docs").scrollTop = 0;
  }

  #link(name) {
    return element("button", { textContent: name, onclick: () => this.#open(name) });
  }

  #list(title, items) {
    return items?.length ? [element("h3", { textContent: title }), element("ul", {}, ...items)] : [];
  }

  #overview() {
    const others = [...this.#types.keys()].filter((name) => !name.startsWith("__") && !this.#roots.includes(name));
    const links = (names) => names.map((name) => element("li", {}, this.#link(name)));
    return [...this.#list("Begin here", links(this.#roots)), ...this.#list("All types", links(others.sort()))];
  }

  #found(words) {
    const hits = { name: [], field: [] };
    const matches = (text) => text?.toLowerCase().includes(words);
    for (const type of this.#types.values()) {
      if (type.name.startsWith("__")) continue;
      if (matches(type.name)) hits.name.push(element("li", {}, this.#link(type.name)));
      for (const field of [...(type.fields ?? []), ...(type.inputFields ?? []), ...(type.enumValues ?? [])]) {
        if (!matches(field.name)) continue;
        hits.field.push(element("li", {}, this.#link(type.name), ".", element("code", { textContent: field.name })));
      }
    }
    const nodes = [...this.#list("Types", hits.name), ...this.#list("Fields", hits.field.slice(0, 100))];
    return nodes.length ? nodes : [element("p", { textContent: "Nothing has such a name." })];
  }

  #type(type) {
    const above = this.#trail.at(-2) ?? "All types";
    const back = () => {
      this.#trail.pop();
      this.#draw();
    };
    const links = (list) => list?.map(({ name }) => element("li", {}, this.#link(name)));
    return [
      element("button", { className: "back", textContent: `‹ ${above}`, onclick: back }),
      element("h2", { textContent: type.name }),
      ...this.#text(type.description),
      ...this.#list("Fields", (type.fields ?? type.inputFields)?.map((field) => this.#member(field))),
      ...this.#list("Values", type.enumValues?.map((value) => this.#member(value))),
      ...this.#list("Implements", links(type.interfaces)),
      ...this.#list("One of", links(type.possibleTypes)),
    ];
  }

  #member({ name, description, type, args, defaultValue, isDeprecated, deprecationReason }) {
    const item = element("li", {}, element("code", { textContent: name, className: isDeprecated ? "deprecated" : "" }));
    if (type) item.append(": ", ...this.#reference(type));
    if (defaultValue != null) item.append(` = ${defaultValue}`);
    item.append(...this.#text(description));
    if (isDeprecated) item.append(...this.#text(`Deprecated: ${deprecationReason}`));
    if (args?.length) item.append(element("ul", {}, ...args.map((arg) => this.#member(arg))));
    return item;
  }

  #reference({ kind, name, ofType }) {
    if (kind === "NON_NULL") return [...this.#reference(ofType), "!"];
    if (kind === "LIST") return ["[", ...this.#reference(ofType), "]"];
    return [this.#link(name)];
  }

  #text(textContent) {
    return textContent ? [element("p", { textContent })] : [];
  }
}

async function loadDocs(session) {
  try {
    const { data, errors } = await session.post(
      { query: INTROSPECTION, operationName: "IntrospectionQuery" },
      {},
      { anonymous: true },
    );
    if (!data) throw new Error(errors?.[0]?.message);
    new Docs(data.__schema);
  } catch (error) {
    $("docs").textContent = `The schema could not be read: ${error.message}`;
  }
}

// ---- start ----------------------------------------------------------------

async function start() {
  const response = await fetch("/graphiql/config.json");
  if (!response.ok) throw new Error(`/graphiql/config.json: ${response.status}`);
  const config = await response.json();
  const session = new Session(config);
  const bar = document.querySelector("sign-in-bar");
  bar.session = session;

  const draft = load(DRAFT, { query: config.defaultQuery ?? "", variables: "" });
  $("query").value = draft.query;
  $("variables").value = draft.variables;
  for (const id of ["query", "variables", "headers"]) editorKeys($(id));
  for (const id of ["query", "variables"]) $(id).addEventListener("input", saveDraft);
  $("headers").addEventListener("input", () => {
    bar.ownHeader = /"authorization"\s*:/i.test($("headers").value);
  });
  $("history").addEventListener("change", recall);
  offer(config.examples ?? []);
  $("run").addEventListener("click", () => run(config, session));
  $("stop").addEventListener("click", stop);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    run(config, session);
  });
  showHistory();
  await loadDocs(session);
}

start().catch((error) => {
  $("status").textContent = `The explorer could not start: ${error.message}`;
});
