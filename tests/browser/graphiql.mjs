// Drives the /graphiql page of a running server (with demo logins) in Chromium.
//
//   node tests/browser/graphiql.mjs <base url> <screenshot.png> [--page graphiql|explorer]
//
// See README.md beside this file.

import { WAIT, fail, findChromium, loadPlaywright, until, watch } from "./browser.mjs";

const PRODUCTS = "{ products(first: 3) { nodes { sku name } } }";
const CHANGES = "subscription { productChanged { eventId at product { sku name version } } }";
const FIRST_PRODUCT = "{ products(first: 1) { nodes { id sku name version } } }";
const RENAME = `mutation ($input: ProductUpdateInput!) {
  productUpdate(input: $input) { product { id sku name version } userErrors { message } }
}`;

/** What differs between the two pages. */
const PAGES = {
  graphiql: {
    editor: ".graphiql-query-editor .monaco-editor",
    // Monaco draws lines as absolutely placed elements, in any order, and breaks long ones.
    response: (page) =>
      page.locator(".graphiql-response .view-line").evaluateAll((lines) =>
        lines
          .sort((a, b) => parseFloat(a.style.top) - parseFloat(b.style.top))
          .map((line) => line.textContent.replaceAll("\u00a0", " "))
          .join(""),
      ),
    async openDocs(page) {
      await page.getByRole("button", { name: "Documentation Explorer" }).click();
      await page.locator(".graphiql-doc-explorer a", { hasText: /^Query$/ }).first().click();
      await page.locator(".graphiql-doc-explorer a", { hasText: /^products$/ }).first().click();
    },
    docs: ".graphiql-doc-explorer",
    async openExample(page, area) {
      await page.getByRole("button", { name: "Examples" }).click();
      await page.locator(".examples").getByRole("button", { name: area, exact: true }).click();
      await page.locator(".graphiql-query-editor").getByText("suppliers").first().waitFor({ timeout: WAIT });
      await page.locator(PAGES.graphiql.editor).first().click();
      await page.keyboard.press("ControlOrMeta+Home");
      for (let line = 0; line < 3; line++) await page.keyboard.press("ArrowDown"); // past the comments
      await page.keyboard.press("ControlOrMeta+Enter");
    },
  },
  explorer: {
    editor: "#query",
    response: (page) => page.locator("#response").innerText(),
    async openDocs(page) {
      await page.getByRole("searchbox", { name: "Search the schema" }).fill("ProductChange");
      await page.locator("#docs button", { hasText: /^ProductChange$/ }).first().click();
      await page.getByRole("searchbox", { name: "Search the schema" }).fill("");
      await page.locator("#docs button", { hasText: /^Product$/ }).first().click();
    },
    docs: "#docs",
    async openExample(page, area) {
      await page.getByLabel("Examples").selectOption({ label: area });
      await page.keyboard.press("ControlOrMeta+Enter");
    },
  },
};

function parseArguments(args) {
  const at = args.indexOf("--page");
  const [, name = ""] = at < 0 ? [] : args.splice(at, 2);
  const kind = at < 0 ? "graphiql" : name;
  const [base, screenshot] = args;
  if (!base || !screenshot || !PAGES[kind]) {
    fail("usage: node graphiql.mjs <base url> <screenshot.png> [--page graphiql|explorer]");
  }
  return { base: new URL(base), screenshot, kind };
}

/** The response pane as JSON, once `accept` likes it. */
async function answer(page, kind, what, accept) {
  let text = "";
  const probe = async () => {
    text = await PAGES[kind].response(page);
    try {
      const json = JSON.parse(text);
      return accept(json) ? json : undefined;
    } catch {
      return undefined;
    }
  };
  return until(what, probe).catch((error) => fail(`${error.message}; the response pane shows:\n${text}`));
}

async function enter(page, kind, query) {
  await page.locator(PAGES[kind].editor).first().click();
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.press("Delete");
  await page.keyboard.insertText(query);
  await page.keyboard.press("ControlOrMeta+Shift+End"); // a bracket that the editor closed by itself
  await page.keyboard.press("Delete");
  await page.keyboard.press("ControlOrMeta+Enter");
}

async function signedIn(page) {
  const status = page.locator("sign-in-bar [role=status]");
  await until("the automatic sign-in", async () => {
    const text = (await status.count()) ? await status.innerText() : "";
    if (/^Not signed in:/.test(text)) fail(text);
    return text.startsWith("Signed in as");
  });
}

/** Runs an operation from inside the page with the page's token. */
function send(page, query, variables) {
  return page.evaluate(
    async (body) => {
      const { token } = JSON.parse(sessionStorage.getItem("tubex.session")).login;
      const { graphqlUrl } = await (await fetch("/graphiql/config.json")).json();
      const headers = { "content-type": "application/json", authorization: `Bearer ${token}` };
      return (await fetch(graphqlUrl, { method: "POST", headers, body: JSON.stringify(body) })).json();
    },
    { query, variables },
  );
}

async function rename(page, product, name) {
  const input = { id: product.id, expectedVersion: product.version, name };
  const answer = await send(page, RENAME, { input });
  return answer.data?.productUpdate?.product ?? fail(`productUpdate: ${JSON.stringify(answer)}`);
}

async function checkQuery(page, kind) {
  await enter(page, kind, PRODUCTS);
  const { data } = await answer(page, kind, "the products", (json) => json.data?.products || json.errors);
  const rows = data?.products.nodes ?? fail("the query was answered with errors");
  if (rows.length !== 3) fail(`expected 3 products, got ${rows.length}`);
  if (!rows.every((row) => row.sku && row.name)) fail(`incomplete rows: ${JSON.stringify(rows)}`);
  console.log(`query: ${rows.map((row) => row.sku).join(", ")}`);
}

async function checkDocs(page, kind) {
  await PAGES[kind].openDocs(page);
  const docs = page.locator(PAGES[kind].docs);
  await until("the documentation", async () => /sku|first/.test(await docs.innerText()));
  console.log("documentation: opened");
}

async function checkExamples(page, kind) {
  // Its first answer is short: Monaco draws no more lines than fit.
  await PAGES[kind].openExample(page, "Purchasing");
  const { data } = await answer(page, kind, "the suppliers", (json) => json.data?.suppliers || json.errors);
  if (!data) fail("an example was answered with errors");
  console.log(`example: ${data.suppliers.nodes.length} suppliers`);
}

async function checkSubscription(page, kind) {
  let subscribed = false;
  page.on("websocket", (socket) =>
    socket.on("framesent", ({ payload }) => (subscribed ||= String(payload).includes('"type":"subscribe"'))),
  );
  await enter(page, kind, CHANGES);
  await until("the subscribe message", () => subscribed);
  await new Promise((resolve) => setTimeout(resolve, 500)); // nothing says that the server has begun
  const [product] = (await send(page, FIRST_PRODUCT)).data.products.nodes;
  const changed = await rename(page, product, `${product.name} (changed)`);
  const isEvent = (json) => json.errors || json.data?.productChanged?.product?.version === changed.version;
  const event = await answer(page, kind, "the event", isEvent).finally(() => rename(page, changed, product.name));
  if (event.errors) fail(`the subscription failed: ${JSON.stringify(event.errors)}`);
  if (event.data.productChanged.product.sku !== product.sku) fail("the event is about another product");
  console.log(`subscription: event of ${product.sku}, version ${event.data.productChanged.product.version}`);
}

async function main() {
  const { base, screenshot, kind } = parseArguments(process.argv.slice(2));
  const executablePath = findChromium();
  const browser = await loadPlaywright().launch({ executablePath, headless: true });
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    const faults = watch(page, base);
    const response = await page.goto(new URL("/graphiql", base).href);
    const policy = response.headers()["content-security-policy"] ?? "";
    if (!policy.includes("default-src 'none'")) fail(`/graphiql came without its policy: "${policy}"`);
    try {
      await page.locator(PAGES[kind].editor).first().waitFor({ timeout: WAIT });
      await signedIn(page);
      await checkQuery(page, kind);
      await checkDocs(page, kind);
      await checkExamples(page, kind);
      await checkSubscription(page, kind);
    } finally {
      await page.screenshot({ path: screenshot });
      if (faults.length > 0) console.error(`faults on the page:\n  ${faults.join("\n  ")}`);
    }
    if (faults.length > 0) fail(`${faults.length} faults on the page`);
  } finally {
    await browser.close();
  }
  console.log(`ok: ${kind} at ${base.origin}, screenshot in ${screenshot}`);
}

main().catch((error) => {
  console.error(`FAILED: ${error.message}`);
  process.exit(1);
});
