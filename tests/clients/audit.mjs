// The audit of the GraphQL over HTTP specification, by the people who write it.

import { serverAudits } from "graphql-http";

/** Audits that may end with a warning, and why. None may fail. */
const WARNINGS = {};

export async function audit(base) {
  const url = new URL("/graphql", base).href;
  const counts = { ok: 0, notice: 0, warn: 0, error: 0 };
  const faults = [];
  for (const one of serverAudits({ url, fetchFn: fetch })) {
    const result = await one.fn();
    counts[result.status] += 1;
    if (result.status === "ok") continue;
    const line = `${result.status} ${one.id} ${one.name}: ${result.reason}`;
    const isExpected = result.status !== "error" && one.id in WARNINGS;
    console.log(isExpected ? `${line} (as expected: ${WARNINGS[one.id]})` : line);
    if (!isExpected) faults.push(line);
  }
  console.log("graphql-http audit:", JSON.stringify(counts));
  if (faults.length > 0) throw new Error(`${faults.length} audits are not as expected`);
}
