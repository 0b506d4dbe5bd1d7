/** The bundles a measurement runs: the product as it is deployed, and the peers beside it. */
import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

const ROOT = join(import.meta.dirname, "../..");
const BIN = join(ROOT, "node_modules/.bin");
const run = promisify(execFile);
/** As in wrangler.jsonc. */
export const COMPATIBILITY_DATE = "2026-10-01";

/** Entry files below test/bench, by the name of their service. */
export const PEERS = {
  bare: "bare.ts",
  echo: "echo.ts",
  floor: "floor.ts",
  "mcp-agent": "mcp-agent.ts",
  "sdk-per-request": "sdk-per-request.ts",
  dispatch: "dispatch.ts",
  "oauth-echo": "oauth-echo.ts",
  clickup: "clickup.ts",
  stores: "stores.ts",
  setup: "setup.ts",
  measured: "measured.ts",
  inside: "inside.ts",
} as const;

export interface Bundle {
  /** File of the entry module. */
  entry: string;
  /** Further modules the entry imports by name, as text. */
  texts: { name: string; file: string }[];
}

/**
 * Builds everything into `outDir`: the product with `wrangler deploy --dry-run` (minified, as configured), the
 * peers with the same bundler and conditions.
 */
export async function buildBundles(outDir: string): Promise<Record<string, Bundle>> {
  const [product, ...peers] = await Promise.all([
    buildProduct(join(outDir, "product")),
    ...Object.entries(PEERS).map(async ([name, file]): Promise<[string, Bundle]> => {
      const entry = join(outDir, `${name}.js`);
      const source = join(ROOT, "test/bench", file);
      if (name === "mcp-agent") return [name, await buildWithWrangler(source, join(outDir, name))];
      await buildPeer(source, entry);
      return [name, { entry, texts: [] }];
    }),
  ]);
  return { product, ...Object.fromEntries(peers) };
}

async function buildProduct(outDir: string): Promise<Bundle> {
  await wrangler(["--env", "", "--outdir", outDir, "--metafile"]);
  const entry = join(outDir, "index.js");
  const names = [...readFileSync(entry, "utf8").matchAll(/["'](?:\.\/)?([\w-]+\.sql)["']/g)];
  const texts = [...new Set(names.map((m) => m[1] ?? ""))].map((name) => ({
    name,
    file: join(outDir, name),
  }));
  return { entry, texts };
}

/** The agents package asks for Node's modules by `require`, which wrangler knows to serve. */
async function buildWithWrangler(source: string, outDir: string): Promise<Bundle> {
  const config = `${outDir}.wrangler.json`;
  const settings = {
    name: "bench",
    main: source,
    compatibility_date: COMPATIBILITY_DATE,
    compatibility_flags: ["nodejs_compat"],
    minify: true,
  };
  writeFileSync(config, JSON.stringify(settings));
  await wrangler(["--config", config, "--outdir", outDir]);
  return { entry: join(outDir, "mcp-agent.js"), texts: [] };
}

async function wrangler(args: string[]): Promise<void> {
  await run(join(BIN, "wrangler"), ["deploy", "--dry-run", ...args], {
    cwd: ROOT,
    env: { ...process.env, WRANGLER_SEND_METRICS: "false", CI: "true" },
    maxBuffer: 16 * 1024 * 1024,
  });
}

async function buildPeer(source: string, outFile: string): Promise<void> {
  await run(
    join(BIN, "esbuild"),
    [
      source,
      "--bundle",
      "--minify",
      "--keep-names",
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
}
