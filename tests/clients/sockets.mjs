// graphql-ws, as it comes, and the same socket by hand where the client would not misbehave.

import assert from "node:assert/strict";
import { createClient } from "graphql-ws";
import WebSocket from "ws";
import { post, socketUrl, within } from "./lib.mjs";

const PROTOCOL = "graphql-transport-ws";

/** All answers of one operation. */
function all(client, payload) {
  return new Promise((resolve, reject) => {
    const answers = [];
    client.subscribe(payload, {
      next: (answer) => answers.push(answer),
      error: reject,
      complete: () => resolve(answers),
    });
  });
}

async function asOthersSpeak(base, token) {
  let opened = 0;
  const client = createClient({
    url: socketUrl(base),
    webSocketImpl: WebSocket,
    lazy: true,
    retryAttempts: 3,
    retryWait: async () => {},
    connectionParams: { authorization: `Bearer ${token}` },
    on: { connected: () => (opened += 1), pong: () => {} },
  });
  // Queries and mutations travel over the socket, too.
  const [query] = await all(client, { query: "{ viewer { user { email } } }" });
  assert.ok(query.data.viewer.user.email);
  const code = `ws-${Date.now()}`;
  const create = `mutation($input: CategoryCreateInput!) {
    categoryCreate(input: $input) { category { code } userErrors { code message } } }`;
  const [mutation] = await all(client, {
    query: create,
    variables: { input: { code, name: "From a socket" } },
  });
  assert.deepEqual(mutation.data.categoryCreate.userErrors, []);
  // What does not fit is an error of the operation, and the socket goes on.
  await assert.rejects(all(client, { query: "{ nothing }" }), (errors) => {
    assert.equal(errors[0].extensions.code, "GRAPHQL_INVALID");
    return true;
  });

  // A subscription hears of a change, and ends when the client says so.
  const events = client.iterate({ query: "subscription { productChanged { __typename } }" });
  const first = events.next();
  await new Promise((resolve) => setTimeout(resolve, 500));
  await touchProduct(base, token);
  const heard = await within(10_000, "no event", first);
  assert.equal(heard.value.errors, undefined, JSON.stringify(heard.value.errors));
  await events.return();
  await client.dispose();
  assert.ok(opened >= 1);
}

async function touchProduct(base, token) {
  const headers = { authorization: `Bearer ${token}` };
  const ask = async (query, variables) => {
    const answer = await (await post(base, { query, variables }, headers)).json();
    assert.equal(answer.errors, undefined, JSON.stringify(answer.errors));
    return answer.data;
  };
  const { products } = await ask("{ products(first: 1) { nodes { id name version } } }");
  const [{ id, name, version }] = products.nodes;
  const data = await ask(
    `mutation($input: ProductUpdateInput!) {
      productUpdate(input: $input) { userErrors { code message } } }`,
    { input: { id, name: `${name}*`, expectedVersion: version } },
  );
  assert.deepEqual(data.productUpdate.userErrors, []);
}

/** A socket on which the test says what it likes. */
class Raw {
  constructor(base, protocol = PROTOCOL) {
    this.heard = [];
    this.socket = new WebSocket(socketUrl(base), protocol);
    this.closed = new Promise((resolve) => this.socket.on("close", (code) => resolve(code)));
    this.opened = new Promise((resolve, reject) => {
      this.socket.on("open", resolve);
      this.socket.on("error", reject);
    });
    this.socket.on("message", (text) => {
      this.heard.push(JSON.parse(text));
      this.wake?.();
    });
  }

  async say(...messages) {
    await this.opened;
    for (const message of messages) {
      this.socket.send(typeof message === "string" ? message : JSON.stringify(message));
    }
    return this;
  }

  async hear(type) {
    for (;;) {
      const found = this.heard.find((message) => message.type === type);
      if (found) return found;
      await within(5_000, `no ${type}`, new Promise((resolve) => (this.wake = resolve)));
    }
  }

  async closesWith(code) {
    assert.equal(await within(15_000, `no close ${code}`, this.closed), code);
  }
}

async function asNobodyShould(base, token) {
  const init = { type: "connection_init", payload: { authorization: `Bearer ${token}` } };
  const subscribe = (id) => ({
    type: "subscribe",
    id,
    payload: { query: "subscription { productChanged { __typename } }" },
  });
  await (await new Raw(base).say("{")).closesWith(4400);
  await (await new Raw(base).say({ type: "unheard" })).closesWith(4400);
  await (await new Raw(base).say(subscribe("1"))).closesWith(4401);
  await (await new Raw(base).say({ type: "connection_init" })).closesWith(4403);
  await (await new Raw(base).say(init, init)).closesWith(4429);
  await (await new Raw(base).say(init, subscribe("1"), subscribe("1"))).closesWith(4409);
  await (await new Raw(base).say(JSON.stringify({ ...init, x: "x".repeat(1 << 20) }))).closesWith(1009);
  // Says nothing for too long.
  const silent = new Raw(base);
  await silent.opened;
  await silent.closesWith(4408);
  const pinged = await new Raw(base).say({ type: "ping", payload: { a: 1 } });
  assert.deepEqual((await pinged.hear("pong")).payload, { a: 1 });
  pinged.socket.close();
}

export async function sockets(base, token) {
  await asOthersSpeak(base, token);
  await asNobodyShould(base, token);
  console.log("graphql-ws: ok");
}
