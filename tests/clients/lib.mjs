// What all of these scripts need: the address of a demo, and its first owner signed in.

import assert from "node:assert/strict";

export async function post(base, body, headers = {}) {
  return fetch(new URL("/graphql", base), {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}

/** The first demo login, signed in. */
export async function signIn(base) {
  const config = await (await fetch(new URL("/graphiql/config.json", base))).json();
  const [login] = config.demoLogins;
  assert.ok(login, "the server has no demo logins");
  const query = `mutation($input: LoginInput!) {
    login(input: $input) { accessToken userErrors { code message } }
  }`;
  const input = { email: login.email, password: login.password };
  const { data, errors } = await (await post(base, { query, variables: { input } })).json();
  assert.equal(errors, undefined, JSON.stringify(errors));
  assert.ok(data.login.accessToken, JSON.stringify(data.login));
  return data.login.accessToken;
}

export const socketUrl = (base) => new URL("/graphql", base).href.replace(/^http/, "ws");

/** Waits for a promise, though not for ever. */
export function within(milliseconds, what, promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: nothing for ${milliseconds} ms`)), milliseconds);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
