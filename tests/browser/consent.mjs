// Lets an application in, in Chromium, as a person would.
//
//   node tests/browser/consent.mjs <base url> <screenshot folder>
//
// See README.md beside this file.

import { createHash, randomBytes } from "node:crypto";
import { createServer } from "node:http";

import { WAIT, fail, findChromium, loadPlaywright, watch } from "./browser.mjs";

const LOGIN = `mutation ($input: LoginInput!) { login(input: $input) { accessToken } }`;
const REGISTER = `mutation ($input: OauthClientRegisterInput!) { oauthClientRegister(input: $input) {
  client { id } userErrors { message } } }`;

async function graphql(base, query, variables, token) {
  const headers = { "content-type": "application/json" };
  if (token) headers.authorization = `Bearer ${token}`;
  const body = JSON.stringify({ query, variables });
  const response = await fetch(new URL("/graphql", base), { method: "POST", headers, body });
  const { data, errors } = await response.json();
  return errors ? fail(JSON.stringify(errors)) : Object.values(data)[0];
}

/** The application: waits for the browser to come back. */
async function listen() {
  const arrivals = [];
  const server = createServer((request, response) => {
    arrivals.push(request.url);
    response.setHeader("content-type", "text/html");
    response.end("<title>Arrived</title><link rel=icon href=data:,>Arrived");
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, arrivals, port: server.address().port };
}

async function registered(base, login, redirect) {
  const input = { email: login.email, password: login.password };
  const { accessToken } = await graphql(base, LOGIN, { input });
  const client = {
    name: "A ledger in the browser",
    homepage: "https://ledger.example.com/",
    redirectUris: [redirect],
    scopes: ["openid", "email", "offline_access", "products:read", "stock:read"],
    isPublic: true,
  };
  const payload = await graphql(base, REGISTER, { input: client }, accessToken);
  return payload.client?.id ?? fail(JSON.stringify(payload.userErrors));
}

function address(base, client, redirect) {
  const url = new URL("/oauth/authorize", base);
  const challenge = createHash("sha256").update(randomBytes(32).toString("base64url")).digest("base64url");
  url.search = new URLSearchParams({
    response_type: "code",
    client_id: client,
    redirect_uri: redirect,
    scope: "openid email offline_access products:read stock:read",
    state: "a state",
    code_challenge: challenge,
    code_challenge_method: "S256",
  });
  return url.href;
}

async function main() {
  const [text, folder] = process.argv.slice(2);
  if (!text || !folder) fail("usage: node consent.mjs <base url> <screenshot folder>");
  const base = new URL(text);
  const config = await fetch(new URL("/graphiql/config.json", base));
  const [login] = (await config.json()).demoLogins;
  const { server, arrivals, port } = await listen();
  const redirect = `http://127.0.0.1:${port}/callback`;
  const client = await registered(base, login, redirect);
  const browser = await loadPlaywright().launch({ executablePath: findChromium(), headless: true });
  let faults = [];
  try {
    const page = await browser.newPage({ viewport: { width: 800, height: 900 } });
    await page.goto(address(base, client, redirect));
    faults = watch(page, base);
    await page.getByLabel("E-mail address").fill(login.email);
    await page.getByLabel("Password").fill("wrong");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("alert").waitFor({ timeout: WAIT });
    await page.screenshot({ path: `${folder}/consent-1-sign-in.png` });
    await page.getByLabel("E-mail address").fill(login.email);
    await page.getByLabel("Password").fill(login.password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("A ledger in the browser").waitFor({ timeout: WAIT });
    await page.screenshot({ path: `${folder}/consent-2-consent.png`, fullPage: true });
    if (faults.length > 0) fail(`faults on the pages:\n  ${faults.join("\n  ")}`);
    await page.getByRole("button", { name: "Allow", exact: true }).click();
    await page.waitForURL(`${redirect}?**`, { timeout: WAIT });
    const arrived = new URL(page.url());
    if (!arrived.searchParams.get("code")) fail(`no code in ${arrived}`);
    // The browser is known by now; only the consent is asked for again.
    await page.goto(address(base, client, redirect));
    await page.getByRole("button", { name: "Do not allow" }).click();
    await page.waitForURL(`${redirect}?error=access_denied**`, { timeout: WAIT });
  } finally {
    await browser.close();
    server.close();
  }
  console.log(`ok: consent at ${base.origin}, ${arrivals.length} arrivals, screenshots in ${folder}`);
}

main().catch((error) => {
  console.error(`FAILED: ${error.message}`);
  process.exit(1);
});
