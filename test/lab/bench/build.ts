/** The bundles a measurement runs: the product as it is deployed, and the peers beside it. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  buildProduct,
  buildWorker,
  COMPATIBILITY_DATE,
  ROOT,
  wrangler,
  type Bundle,
} from "../workerd/bundle.ts";

/** Entry files below test/lab/bench/workers, by the name of their service. */
const PEERS = {
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

/**
 * Builds everything into `outDir`: the product with `wrangler deploy --dry-run` (minified, as configured), the
 * peers with the same bundler and conditions.
 */
export async function buildBundles(outDir: string): Promise<Record<string, Bundle>> {
  const [product, ...peers] = await Promise.all([
    buildProduct(join(outDir, "product")),
    ...Object.entries(PEERS).map(async ([name, file]): Promise<[string, Bundle]> => {
      const source = join(ROOT, "test/lab/bench/workers", file);
      if (name === "mcp-agent") return [name, await buildWithWrangler(source, join(outDir, name))];
      return [name, await buildWorker(source, join(outDir, `${name}.js`))];
    }),
  ]);
  return { product, ...Object.fromEntries(peers) };
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
