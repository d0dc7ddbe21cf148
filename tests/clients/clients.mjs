// Runs clients of others against a demo.
//
//   node tests/clients/clients.mjs <base url of a demo> [audit|sockets|apollo|urql|codegen]...
//
// See README.md beside this file.

import { audit } from "./audit.mjs";
import { codegen } from "./codegen.mjs";
import { signIn } from "./lib.mjs";
import { sockets } from "./sockets.mjs";
import { apollo, urql } from "./stock.mjs";

const ALL = { audit, sockets, apollo, urql, codegen };

const [base, ...chosen] = process.argv.slice(2);
if (!base || chosen.some((name) => !(name in ALL))) {
  console.error(`usage: clients.mjs <base url> [${Object.keys(ALL).join("|")}]...`);
  process.exit(2);
}

let failed = false;
for (const name of chosen.length > 0 ? chosen : Object.keys(ALL)) {
  try {
    await ALL[name](base, await signIn(base));
  } catch (error) {
    failed = true;
    console.error(`${name}: FAILED`, error);
  }
}
process.exit(failed ? 1 : 0);
