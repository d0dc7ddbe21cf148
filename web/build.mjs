// Bundles GraphiQL: `node build.mjs [directory]` (default: dist beside this file).
// `node build.mjs --hash` only prints the hash that the build writes to VERSION.

import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

const WEB = path.dirname(fileURLToPath(import.meta.url));
const PUBLIC_PATH = "/graphiql/assets/";
const WORKERS = {
  editor: "monaco-editor/esm/vs/editor/editor.worker.js",
  json: "monaco-editor/esm/vs/language/json/json.worker.js",
  graphql: "monaco-graphql/esm/graphql.worker.js",
};

/** SHA-256 over the inputs of the build: for each file "<path>\n<size>\n<bytes>", paths sorted. */
async function sourceHash() {
  const sources = (await readdir(path.join(WEB, "src"))).map((name) => `src/${name}`);
  const inputs = ["build.mjs", "explorer/signin.js", "package-lock.json", "package.json", ...sources].sort();
  const hash = createHash("sha256");
  for (const input of inputs) {
    const bytes = await readFile(path.join(WEB, input));
    hash.update(`${input}\n${bytes.length}\n`).update(bytes);
  }
  return hash.digest("hex");
}

async function bundle(assets) {
  const { build } = await import("esbuild").catch(() => {
    throw new Error(`esbuild is missing: run "npm ci --ignore-scripts" in ${WEB} first`);
  });
  const common = {
    absWorkingDir: WEB,
    bundle: true,
    minify: true,
    metafile: true,
    target: "es2022",
    legalComments: "none",
    logLevel: "warning",
    publicPath: PUBLIC_PATH,
    outdir: assets,
    entryNames: "[name]-[hash]",
    chunkNames: "[name]-[hash]",
    assetNames: "[name]-[hash]",
    define: { "process.env.NODE_ENV": '"production"' },
  };
  const workers = await build({
    ...common,
    format: "iife",
    entryPoints: Object.entries(WORKERS).map(([name, file]) => ({ in: file, out: `${name}.worker` })),
  });
  const workerUrls = Object.entries(WORKERS).map(([name, file]) => [name, url(outputOf(workers, file))]);
  const page = await build({
    ...common,
    format: "esm",
    splitting: true,
    jsx: "automatic",
    loader: { ".ttf": "file" },
    define: { ...common.define, __WORKERS__: JSON.stringify(Object.fromEntries(workerUrls)) },
    entryPoints: [{ in: "src/entry.jsx", out: "graphiql" }],
  });
  const script = outputOf(page, "src/entry.jsx");
  const style = page.metafile.outputs[script].cssBundle;
  if (!style) throw new Error("the bundle has no style sheet");
  // GraphiQL's style sheet holds Monaco's; nothing loads the copies made for the lazy chunks.
  const unused = Object.keys(page.metafile.outputs).filter((file) => file.endsWith(".css") && file !== style);
  await Promise.all(unused.map((file) => rm(path.join(WEB, file))));
  const inputs = [workers, page].flatMap((result) => Object.keys(result.metafile.inputs));
  return { script: url(script), style: url(style), inputs };
}

function outputOf(result, entry) {
  const outputs = Object.entries(result.metafile.outputs);
  const found = outputs.find(([, output]) => output.entryPoint?.endsWith(entry));
  if (!found) throw new Error(`no output for ${entry}`);
  return found[0];
}

function url(file) {
  return PUBLIC_PATH + path.basename(file);
}

/** The licences of all packages that went into the bundle. */
async function licences(inputs) {
  const packages = new Set(inputs.map((input) => input.match(/^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//)?.[1]));
  packages.delete(undefined);
  const texts = [...packages].sort().map(async (folder) => {
    const root = path.join(WEB, folder);
    const { name, version, license } = JSON.parse(await readFile(path.join(root, "package.json"), "utf8"));
    const file = (await readdir(root)).find((entry) => /^licen[cs]e/i.test(entry));
    const text = file ? await readFile(path.join(root, file), "utf8") : "";
    return `${name} ${version} (${license})\n\n${text.trim()}\n`;
  });
  return [...new Set(await Promise.all(texts))].join(`\n${"-".repeat(78)}\n\n`);
}

async function main(target) {
  const version = await sourceHash();
  if (target === "--hash") return console.log(version);
  const out = path.resolve(target ?? path.join(WEB, "dist"));
  if (existsSync(out) && (await readdir(out)).length > 0 && !existsSync(path.join(out, "VERSION"))) {
    throw new Error(`${out} holds something else than an earlier build; not overwriting it`);
  }
  const started = Date.now();
  const fresh = `${out}.new-${process.pid}`;
  const assets = path.join(fresh, "assets");
  try {
    await mkdir(assets, { recursive: true });
    const { script, style, inputs } = await bundle(assets);
    const template = await readFile(path.join(WEB, "src/index.html"), "utf8");
    await writeFile(path.join(fresh, "index.html"), template.replace("{{script}}", script).replace("{{style}}", style));
    await writeFile(path.join(assets, "licences.txt"), await licences(inputs));
    await writeFile(path.join(fresh, "VERSION"), `${version}\n`);
    await rm(out, { recursive: true, force: true });
    await rename(fresh, out);
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
  await report(out, Date.now() - started);
}

async function report(out, ms) {
  const names = await readdir(path.join(out, "assets"));
  const stats = await Promise.all(names.map((name) => stat(path.join(out, "assets", name))));
  const bytes = stats.reduce((sum, { size }) => sum + size, 0);
  console.log(`${out}: index.html and ${names.length} assets, ${(bytes / 1e6).toFixed(1)} MB, in ${(ms / 1000).toFixed(1)} s`);
}

main(process.argv[2]).catch((error) => {
  console.error(`GraphiQL was not built: ${error.message}`);
  process.exit(1);
});
