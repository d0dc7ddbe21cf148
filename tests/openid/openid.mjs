// Runs openid-client, as it comes, through everything that the provider offers.
//
//   node tests/openid/openid.mjs <base url of a demo>
//
// See README.md beside this file.

import assert from "node:assert/strict";
import * as client from "openid-client";

const SCOPE = "openid profile email offline_access products:read";
const REDIRECT = "http://127.0.0.1/callback";

async function graphql(base, query, variables, token) {
  const headers = { "content-type": "application/json" };
  if (token) headers.authorization = `Bearer ${token}`;
  const body = JSON.stringify({ query, variables });
  const response = await fetch(new URL("/graphql", base), { method: "POST", headers, body });
  return response.json();
}

async function done(base, query, variables, token) {
  const { data, errors } = await graphql(base, query, variables, token);
  assert.equal(errors, undefined, JSON.stringify(errors));
  const [payload] = Object.values(data);
  assert.deepEqual(payload.userErrors ?? [], []);
  return payload;
}

/** A browser that keeps cookies, fills in forms, and stops where it leaves the server. */
class Browser {
  constructor(base) {
    this.base = base;
    this.cookies = new Map();
  }

  async send(url, init = {}) {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const headers = { ...init.headers, cookie };
    const response = await fetch(url, { ...init, headers, redirect: "manual" });
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
      this.cookies.set(name, value);
    }
    const location = response.headers.get("location");
    return { location: location && new URL(location), body: await response.text() };
  }

  async submit(page, fields) {
    const hidden = (name) => new RegExp(`name="${name}" value="([^"]*)"`).exec(page.body)?.[1];
    const form = { pending: hidden("pending"), form: hidden("form"), ...fields };
    assert.ok(form.pending && form.form, page.body);
    const body = new URLSearchParams(form);
    return this.send(new URL("/oauth/answer", this.base), { method: "POST", body });
  }

  /** Signs in and consents, as far as that is asked for; gives where it is sent. */
  async consent(url, login) {
    let page = await this.send(url);
    if (page.body.includes('name="password"')) {
      page = await this.submit(page, { email: login.email, password: login.password });
    }
    if (page.body.includes('name="decision"')) {
      page = await this.submit(page, { decision: "allow" });
    }
    assert.ok(page.location, page.body);
    return page.location;
  }
}

const LOGIN = `mutation ($input: LoginInput!) { login(input: $input) {
  accessToken userErrors { message } } }`;
const REGISTER = `mutation ($input: OauthClientRegisterInput!) { oauthClientRegister(input: $input) {
  client { id } secret userErrors { message } } }`;

async function register(base, login, isPublic) {
  const { accessToken } = await done(base, LOGIN, { input: { email: login.email, password: login.password } });
  const input = { name: "openid-client", redirectUris: [REDIRECT], scopes: SCOPE.split(" "), isPublic };
  return done(base, REGISTER, { input }, accessToken);
}

/** The client, told nothing but the address and who it is. */
async function discovered(base, { client: { id }, secret }, authentication) {
  const execute = base.protocol === "http:" ? [client.allowInsecureRequests] : [];
  const config = await client.discovery(base, id, secret ?? undefined, authentication, { execute });
  // It need not look at signatures of what comes over TLS; here it shall.
  client.enableNonRepudiationChecks(config);
  return config;
}

async function authorized(config, browser, login, extra = {}) {
  const pkceCodeVerifier = client.randomPKCECodeVerifier();
  const expectedState = client.randomState();
  const expectedNonce = client.randomNonce();
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: REDIRECT,
    scope: SCOPE,
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: "S256",
    state: expectedState,
    nonce: expectedNonce,
    ...extra,
  });
  const current = await browser.consent(url, login);
  const checks = { pkceCodeVerifier, expectedState, expectedNonce, idTokenExpected: true };
  if (extra.max_age) checks.maxAge = Number(extra.max_age);
  return { current, checks };
}

async function wholeFlow(base, login, name, authentication, isPublic) {
  const registered = await register(base, login, isPublic);
  const config = await discovered(base, registered, authentication(registered.secret));
  const browser = new Browser(base);
  const { current, checks } = await authorized(config, browser, login, { max_age: "600" });
  const tokens = await client.authorizationCodeGrant(config, current, checks);
  const { sub } = tokens.claims();
  assert.ok(sub.startsWith("usr_") && tokens.refresh_token && tokens.scope === SCOPE);

  const info = await client.fetchUserInfo(config, tokens.access_token, sub);
  assert.equal(info.email, login.email);

  const seen = await graphql(base, "{ products { totalCount } }", {}, tokens.access_token);
  assert.ok(seen.data.products.totalCount > 0);
  const beyond = await graphql(base, "{ customers { totalCount } }", {}, tokens.access_token);
  assert.equal(beyond.errors?.[0].extensions.code, "FORBIDDEN", JSON.stringify(beyond));

  const next = await client.refreshTokenGrant(config, tokens.refresh_token);
  assert.notEqual(next.refresh_token, tokens.refresh_token);
  assert.equal(next.claims().sub, sub);

  if (!isPublic) {
    const told = await client.tokenIntrospection(config, next.access_token);
    assert.deepEqual([told.active, told.sub, told.scope], [true, sub, SCOPE]);
  }
  await client.tokenRevocation(config, next.refresh_token);
  if (!isPublic) {
    const told = await client.tokenIntrospection(config, next.access_token);
    assert.equal(told.active, false);
  }
  const dead = client.refreshTokenGrant(config, next.refresh_token);
  await assert.rejects(dead, { error: "invalid_grant" });

  // Without PKCE the client gets no code, and sees it.
  const without = await authorized(config, browser, login, { code_challenge: "", code_challenge_method: "" });
  const refused = client.authorizationCodeGrant(config, without.current, without.checks);
  await assert.rejects(refused, { error: "invalid_request" });
  console.log(`ok: ${name}`);
}

async function main() {
  const [address] = process.argv.slice(2);
  assert.ok(address, "usage: node openid.mjs <base url>");
  const base = new URL(address);
  const config = await fetch(new URL("/graphiql/config.json", base));
  const [login] = (await config.json()).demoLogins;
  await wholeFlow(base, login, "as it comes, with a secret", () => undefined, false);
  await wholeFlow(base, login, "client_secret_basic", (secret) => client.ClientSecretBasic(secret), false);
  await wholeFlow(base, login, "client_secret_post", (secret) => client.ClientSecretPost(secret), false);
  await wholeFlow(base, login, "a public client", () => client.None(), true);
}

main().catch((error) => {
  console.error("FAILED:", error);
  process.exit(1);
});
