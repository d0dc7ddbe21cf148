// GraphQL Code Generator with the settings of the manual: by the schema that the server
// shows, and by schema.graphql. What comes out has to compile.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { generate } from "@graphql-codegen/cli";

const here = dirname(fileURLToPath(import.meta.url));

const USE = `import { graphql } from "./gql";

const page = graphql(\`query Page { products(first: 2) { nodes { id name listPrice { amount } } } }\`);
type Row = NonNullable<(typeof page)["__apiType"]> extends (variables: infer _V) => infer R ? R : never;
export function names(rows: Row): string[] {
  return rows.products.nodes.map((row) => \`\${row.name}: \${row.listPrice.amount.toUpperCase()}\`);
}
`;

export async function codegen(base, token) {
  const served = { [new URL("/graphql", base).href]: { headers: { authorization: `Bearer ${token}` } } };
  for (const schema of [served, join(here, "../../schema.graphql")]) {
    const folder = mkdtempSync(join(tmpdir(), "tubex-codegen-"));
    try {
      symlinkSync(join(here, "node_modules"), join(folder, "node_modules"));
      writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
      writeFileSync(join(folder, "use.ts"), USE);
      await generate({
        cwd: folder,
        silent: true,
        schema: typeof schema === "string" ? schema : [schema],
        documents: [join(folder, "use.ts")],
        generates: {
          [`${folder}/gql/`]: {
            preset: "client",
            config: {
              scalars: { Decimal: "string", DateTime: "string", IdempotencyKey: "string" },
              useTypeImports: true,
            },
          },
        },
      }, true);
      const compiler = join(here, "node_modules/typescript/bin/tsc");
      const options = "--strict --noEmit --skipLibCheck --target es2022 --module esnext --moduleResolution bundler".split(" ");
      execFileSync(process.execPath, [compiler, ...options, "use.ts"], { cwd: folder, stdio: "pipe" });
    } catch (error) {
      assert.fail(`${typeof schema === "string" ? "schema.graphql" : "the served schema"}: ${error.message}\n${error.stdout ?? ""}`);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  console.log("graphql-codegen: ok");
}
