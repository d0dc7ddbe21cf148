// Apollo Client and urql, set up as the manual for dashboard developers says.

import assert from "node:assert/strict";
import { ApolloClient, ApolloLink, CombinedGraphQLErrors, HttpLink, InMemoryCache, gql } from "@apollo/client";
import { PersistedQueryLink } from "@apollo/client/link/persisted-queries";
import { GraphQLWsLink } from "@apollo/client/link/subscriptions";
import { relayStylePagination } from "@apollo/client/utilities";
import { Client, cacheExchange, fetchExchange, subscriptionExchange } from "@urql/core";
import { OperationTypeNode } from "graphql";
import { createClient } from "graphql-ws";
import { createHash } from "node:crypto";
import WebSocket from "ws";
import { socketUrl } from "./lib.mjs";

const PAGE = "query Page($after: String) { products(first: 2, after: $after, orderBy: [{ field: NAME }]) { edges { node { id name } } pageInfo { hasNextPage endCursor } } }";
const LIVE = "subscription Live { productChanged { __typename } }";

const sha256 = (text) => createHash("sha256").update(text).digest("hex");

const socket = (base, token) =>
  createClient({
    url: socketUrl(base),
    webSocketImpl: WebSocket,
    connectionParams: async () => ({ authorization: `Bearer ${token}` }),
  });

export async function apollo(base, token) {
  const uri = new URL("/graphql", base).href;
  const headers = { authorization: `Bearer ${token}` };
  const sent = [];
  const watched = (url, init) => {
    sent.push({ url: String(url), method: init.method, body: init.body });
    return fetch(url, init);
  };
  const http = new HttpLink({ uri, headers, fetch: watched });
  const ws = createClientLink(base, token);
  const client = new ApolloClient({
    link: ApolloLink.split(({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION, ws.link, http),
    cache: new InMemoryCache({
      typePolicies: { Query: { fields: { products: relayStylePagination(["where", "search", "orderBy"]) } } },
    }),
  });

  // Pages grow together in the cache.
  const query = gql(PAGE);
  const pages = client.watchQuery({ query });
  const subscription = pages.subscribe(() => {});
  const { data } = await pages.result?.() ?? (await client.query({ query }));
  assert.equal(data.products.edges.length, 2);
  await pages.fetchMore({ variables: { after: data.products.pageInfo.endCursor } });
  const both = client.readQuery({ query });
  assert.equal(both.products.edges.length, 4);
  subscription.unsubscribe();

  // What the server says is what the user sees, with its code.
  await assert.rejects(client.query({ query: gql("{ nothing }"), fetchPolicy: "no-cache" }), (error) => {
    assert.ok(CombinedGraphQLErrors.is(error), String(error));
    assert.equal(error.errors[0].extensions.code, "GRAPHQL_INVALID");
    return true;
  });

  // Automatic persisted queries, by GET: the hash alone, then with the text, then alone.
  const persisted = new ApolloClient({
    link: new PersistedQueryLink({ sha256, useGETForHashedQueries: true }).concat(http),
    cache: new InMemoryCache(),
  });
  const unique = gql(`query U${Date.now()} { viewer { user { email } } }`);
  sent.length = 0;
  for (let time = 0; time < 2; time += 1) {
    const answer = await persisted.query({ query: unique, fetchPolicy: "no-cache" });
    assert.ok(answer.data.viewer.user.email);
  }
  const texts = sent.map(({ url, body }) => /[?&]query=/.test(url) || /"query"/.test(body ?? ""));
  assert.deepEqual(texts, [false, true, false], JSON.stringify(sent));

  // A subscription begins.
  const live = client.subscribe({ query: gql(LIVE) }).subscribe({ error: (error) => { throw error; } });
  await new Promise((resolve) => setTimeout(resolve, 300));
  live.unsubscribe();
  await ws.client.dispose();
  client.stop();
  persisted.stop();
  console.log("Apollo Client: ok");
}

function createClientLink(base, token) {
  const client = socket(base, token);
  return { client, link: new GraphQLWsLink(client) };
}

export async function urql(base, token) {
  const ws = socket(base, token);
  const headers = { authorization: `Bearer ${token}` };
  for (const preferGetMethod of [false, "force"]) {
    const client = new Client({
      url: new URL("/graphql", base).href,
      preferGetMethod,
      fetchOptions: () => ({ headers }),
      exchanges: [cacheExchange, fetchExchange, subscriptionExchange({
        forwardSubscription: ({ query, variables }) => ({
          subscribe: (sink) => ({ unsubscribe: ws.subscribe({ query: query ?? "", variables }, sink) }),
        }),
      })],
    });
    const { data, error } = await client.query(PAGE, {}).toPromise();
    assert.equal(error, undefined, String(error));
    assert.equal(data.products.edges.length, 2);
    const failed = await client.query("{ nothing }", {}).toPromise();
    assert.equal(failed.error.graphQLErrors[0].extensions.code, "GRAPHQL_INVALID");
    // A mutation goes by POST whatever is preferred.
    const changed = await client.mutation("mutation { __typename }", {}).toPromise();
    assert.equal(changed.data.__typename, "Mutation");
    const live = client.subscription(LIVE, {}).subscribe(({ error }) => assert.equal(error, undefined));
    await new Promise((resolve) => setTimeout(resolve, 300));
    live.unsubscribe();
  }
  await ws.dispose();
  console.log("urql: ok");
}
