// Has webhooks sent to a receiver that checks them by the library of Standard Webhooks.
//
//   node tests/webhooks/webhooks.mjs <base url of a demo> [file for what was sent]
//
// See README.md beside this file.

import assert from "node:assert/strict";
import { createPublicKey, verify } from "node:crypto";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { Webhook, WebhookVerificationError } from "standardwebhooks";

const LOGIN = { email: "owner@baolong.example", password: "river-sand-and-cement" };
const PATIENCE_MS = 30_000;

async function done(base, query, input, token) {
  const headers = { "content-type": "application/json" };
  if (token) headers.authorization = `Bearer ${token}`;
  const body = JSON.stringify({ query, variables: { input } });
  const response = await fetch(new URL("/graphql", base), { method: "POST", headers, body });
  const { data, errors } = await response.json();
  assert.equal(errors, undefined, JSON.stringify(errors));
  const [payload] = Object.values(data);
  assert.deepEqual(payload.userErrors ?? [], []);
  return payload;
}

/** A receiver that answers as told and keeps what has come. */
class Receiver {
  constructor(...statuses) {
    this.got = [];
    this.server = createServer(async (request, response) => {
      let text = "";
      for await (const part of request.setEncoding("utf8")) text += part;
      this.got.push({ headers: request.headers, text });
      response.writeHead(statuses.shift() ?? 204).end();
    });
  }

  async open() {
    await once(this.server.listen(0, "127.0.0.1"), "listening");
    this.url = `http://127.0.0.1:${this.server.address().port}/hooks`;
    return this;
  }

  async wait(count) {
    for (const end = Date.now() + PATIENCE_MS; this.got.length < count; await sleep(20)) {
      assert.ok(Date.now() < end, `${this.got.length} have come, and not ${count}`);
    }
    return this.got[count - 1];
  }
}

/** By node's own cryptography: the library knows shared secrets only. */
function isSignedBy(publicKey, { headers, text }) {
  const head = Buffer.from("302a300506032b6570032100", "hex");
  const raw = Buffer.from(publicKey.replace(/^whpk_/, ""), "base64");
  const key = createPublicKey({ key: Buffer.concat([head, raw]), format: "der", type: "spki" });
  const signed = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${text}`;
  const signatures = headers["webhook-signature"].split(" ").map((one) => one.split(","));
  return signatures.some(
    ([version, signature]) =>
      version === "v1a" && verify(null, Buffer.from(signed), key, Buffer.from(signature, "base64")),
  );
}

const [base, file] = process.argv.slice(2);
const { accessToken } = await done(
  base,
  "mutation($input: LoginInput!) { login(input: $input) { accessToken userErrors { message } } }",
  LOGIN,
);
const call = (query, input) => done(base, query, input, accessToken);
const create = (receiver, signature) =>
  call(
    `mutation($input: WebhookEndpointCreateInput!) { webhookEndpointCreate(input: $input) {
      secret webhookEndpoint { id publicKeys } userErrors { message } } }`,
    { url: receiver.url, events: ["unit.*"], signature },
  );
let units = 0;
const addUnit = () =>
  call("mutation($input: UnitCreateInput!) { unitCreate(input: $input) { userErrors { message } } }", {
    code: `wh-${Date.now().toString(36)}-${(units += 1)}`,
    name: "Thùng ½ 🧱",
    dimension: "COUNT",
    scale: 0,
  });

const shared = await new Receiver(500).open();
const keyed = await new Receiver().open();
const made = [await create(shared, "HMAC_SHA256"), await create(keyed, "ED25519")];
try {
  const [{ secret, webhookEndpoint }, byKey] = made;
  await addUnit();
  const first = await shared.wait(1);
  const body = new Webhook(secret).verify(first.text, first.headers);
  assert.equal(body.type, "unit.created");
  assert.equal(body.data.name, "Thùng ½ 🧱");
  const again = await shared.wait(2);
  new Webhook(secret).verify(again.text, again.headers);
  assert.equal(again.headers["webhook-id"], first.headers["webhook-id"], "one id for all attempts");
  assert.notEqual(again.headers["webhook-timestamp"], first.headers["webhook-timestamp"]);
  for (const [what, text, headers] of [
    ["another body", first.text.replace("created", "deleted"), first.headers],
    ["another id", first.text, { ...first.headers, "webhook-id": "msg_other" }],
    ["another time", first.text, { ...first.headers, "webhook-timestamp": "1700000000" }],
  ]) {
    assert.throws(() => new Webhook(secret).verify(text, headers), WebhookVerificationError, what);
  }

  const byNode = await keyed.wait(1);
  const [publicKey] = byKey.webhookEndpoint.publicKeys;
  assert.equal(byKey.secret, null);
  assert.ok(isSignedBy(publicKey, byNode));
  assert.ok(!isSignedBy(publicKey, { ...byNode, text: `${byNode.text} ` }));
  assert.throws(() => new Webhook(secret).verify(byNode.text, byNode.headers));

  const rotated = await call(
    `mutation($input: WebhookEndpointSecretRotateInput!) { webhookEndpointSecretRotate(input: $input) {
      secret userErrors { message } } }`,
    { id: webhookEndpoint.id, overlapDays: 1 },
  );
  await addUnit();
  const both = await shared.wait(3);
  for (const one of [secret, rotated.secret]) new Webhook(one).verify(both.text, both.headers);
  assert.throws(() => new Webhook(rotated.secret).verify(first.text, first.headers));
  if (file) writeFileSync(file, JSON.stringify({ secrets: [secret, rotated.secret], request: both }));
} finally {
  for (const { webhookEndpoint } of made) {
    await call(
      `mutation($input: WebhookEndpointDeleteInput!) { webhookEndpointDelete(input: $input) {
        userErrors { message } } }`,
      { id: webhookEndpoint.id },
    );
  }
  for (const receiver of [shared, keyed]) receiver.server.close();
}
console.log("Webhooks are what the library of Standard Webhooks expects.");
