// What the tests in a browser have in common.

import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";

export const WAIT = 20_000;

export function fail(message) {
  throw new Error(message);
}

export function loadPlaywright() {
  const require = createRequire(new URL("../../web/package.json", import.meta.url));
  try {
    return require("playwright-core").chromium;
  } catch {
    return fail('playwright-core is missing: run "npm ci --ignore-scripts" in web/');
  }
}

/** undefined means playwright's own browser. */
export function findChromium() {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  for (const name of ["chromium", "chromium-browser", "google-chrome"]) {
    try {
      return execFileSync("which", [name], { encoding: "utf8" }).trim();
    } catch {
      // not this one
    }
  }
  return undefined;
}

/** Collects everything that must not happen on the page. */
export function watch(page, base) {
  const faults = [];
  page.on("console", (message) => {
    if (message.type() === "error" || /content security policy/i.test(message.text())) {
      faults.push(`console ${message.type()}: ${message.text()} (${message.location().url})`);
    }
  });
  page.on("pageerror", (error) => faults.push(`uncaught error: ${error.message}`));
  const check = (url) => {
    const { protocol, host } = new URL(url);
    if (!["data:", "blob:"].includes(protocol) && host !== base.host) faults.push(`request to ${url}`);
  };
  page.context().on("request", (request) => check(request.url()));
  page.context().on("requestfailed", (request) => {
    // Whoever aborts a request of ours is the page itself.
    const reason = request.failure()?.errorText ?? "";
    if (!reason.includes("ERR_ABORTED")) faults.push(`request failed: ${request.url()} ${reason}`);
  });
  page.on("websocket", (socket) => check(socket.url()));
  return faults;
}

export async function until(what, probe, milliseconds = WAIT) {
  const deadline = Date.now() + milliseconds;
  for (;;) {
    const found = await probe();
    if (found) return found;
    if (Date.now() > deadline) fail(`timed out waiting for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
