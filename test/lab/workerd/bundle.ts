/** Bundles for raw workerd: the product as it is deployed, and small Workers beside it. */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

export const ROOT = join(import.meta.dirname, "../../..");
const BIN = join(ROOT, "node_modules/.bin");
const run = promisify(execFile);
/** As in wrangler.jsonc. */
export const COMPATIBILITY_DATE = "2026-10-01";

export interface Bundle {
  /** File of the entry module. */
  entry: string;
  /** Further modules the entry imports by name, as text. */
  texts: { name: string; file: string }[];
}

/**
 * The product with `wrangler deploy --dry-run`: minified, as configured.
 * @param tree the repository's files; another commit's tree is built with this one's tools
 */
export async function buildProduct(outDir: string, tree = ROOT): Promise<Bundle> {
  await wrangler(["--env", "", "--outdir", outDir, "--metafile"], tree);
  const entry = join(outDir, "index.js");
  const names = [...readFileSync(entry, "utf8").matchAll(/["'](?:\.\/)?([\w-]+\.sql)["']/g)];
  const texts = [...new Set(names.map((m) => m[1] ?? ""))].map((name) => ({
    name,
    file: join(outDir, name),
  }));
  return { entry, texts };
}

export async function wrangler(args: string[], tree = ROOT): Promise<void> {
  await run(join(BIN, "wrangler"), ["deploy", "--dry-run", ...args], {
    cwd: tree,
    env: { ...process.env, WRANGLER_SEND_METRICS: "false", CI: "true" },
    maxBuffer: 16 * 1024 * 1024,
  });
}

/** A Worker of the tests, by the same bundler and conditions. @param source its entry file */
export async function buildWorker(source: string, outFile: string): Promise<Bundle> {
  await run(
    join(BIN, "esbuild"),
    [
      source,
      "--bundle",
      "--minify",
      "--format=esm",
      "--target=es2024",
      "--conditions=workerd,worker,browser",
      "--external:cloudflare:*",
      "--external:node:*",
      "--loader:.sql=text",
      `--outfile=${outFile}`,
    ],
    { cwd: ROOT, maxBuffer: 16 * 1024 * 1024 },
  );
  return { entry: outFile, texts: [] };
}
