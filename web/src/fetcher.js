// How GraphiQL reaches the API: fetch for queries and mutations, a WebSocket of
// its own for each subscription, so that each carries the token of its start.

import { getOperationAST, parse } from "graphql";
import { CloseCode, createClient } from "graphql-ws";
import { isUnauthenticated, lowerCased } from "../explorer/signin.js";

const QUICK = 2000; // ms; a token that is refused so soon after its renewal is not renewed again

export function createFetcher(config, session) {
  return (given, { headers } = {}) => ({
    subscribe(sink) {
      const abort = new AbortController();
      const { kind, params } = current(given);
      const run = kind === "subscription" ? listen : post;
      run({ config, session, params, headers, signal: abort.signal, next: (value) => sink.next(value) }).then(
        () => sink.complete(),
        (error) => abort.signal.aborted || sink.error(error),
      );
      return { unsubscribe: () => abort.abort() };
    },
  });
}

async function post({ session, params, headers, signal, next }) {
  const anonymous = params.operationName === "IntrospectionQuery";
  next(await session.post(params, headers, { signal, anonymous }));
}

async function listen(task) {
  const again = await listenOnce(task, true);
  if (again) await listenOnce(task, false);
}

/** Resolves when the stream ends; to true if it should be started again with a new token. */
function listenOnce({ config, session, params, headers, signal, next }, mayRenew) {
  const own = lowerCased(headers);
  const signed = !("authorization" in own);
  let sent;
  let renewal; // under way, or done
  let renewedAt = 0;
  const renew = () => {
    renewedAt = Date.now();
    renewal = session.refused(sent);
    return renewal;
  };
  const client = createClient({
    url: Object.assign(new URL(config.wsUrl, location.href), { protocol: location.protocol.replace("http", "ws") }).href,
    connectionParams: async () => {
      await renewal;
      sent = signed ? await session.authorization() : own.authorization;
      return { ...own, ...(sent && { authorization: sent }) };
    },
    retryAttempts: 3,
    retryWait: (retries) => new Promise((resolve) => setTimeout(resolve, retries * 1000)),
    shouldRetry: (event) => {
      if (!(event instanceof CloseEvent)) return false;
      if (event.code !== CloseCode.Forbidden) return true;
      const old = signed && Date.now() - renewedAt > QUICK;
      if (old) renew();
      return old;
    },
  });
  return new Promise((resolve, reject) => {
    let again = false;
    const sink = {
      next: (value) => {
        if (mayRenew && signed && isUnauthenticated(value)) again = true;
        else next(value);
      },
      error: (error) => reject(readable(error)),
      complete: async () => resolve(again && (await renew())),
    };
    signal.addEventListener("abort", client.subscribe(params, sink));
  }).finally(() => client.dispose());
}

/** GraphiQL knows the operations of the text only some moments after a change: mends a stale name. */
function current(params) {
  try {
    const document = parse(params.query);
    const known = getOperationAST(document, params.operationName) !== null;
    const operationName = known ? params.operationName : undefined;
    const kind = getOperationAST(document, operationName)?.operation;
    return { kind, params: { ...params, operationName } };
  } catch {
    return { params }; // let the server say what is wrong with the document
  }
}

function readable(error) {
  if (!(error instanceof CloseEvent)) return error;
  return new Error(`The connection was closed: ${error.code} ${error.reason}`.trim());
}
