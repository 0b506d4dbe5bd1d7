/** `npm run build:worker`: builds what a deployment uploads, says how large it is and what it is made of. */
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { OperatorError, runScript } from "./operator-error.ts";
import { ROOT, wrangler } from "./wrangler.ts";

/** Above this the build fails. Cloudflare's own limit is 10 MB gzipped on the paid plan, 3 MB on the free one. */
const LIMIT_BYTES = 2_000_000;
/** What we mean to stay below: start-up time grows with it. The gate fails above it (test/repo/bundle-budget.test.ts). */
export const BUDGET_BYTES = 1_400_000;
const SHOWN = 12;

interface Metafile {
  outputs: Record<string, { bytes: number; inputs: Record<string, { bytesInOutput: number }> }>;
}

export interface Size {
  raw_bytes: number;
  gzip_bytes: number;
  /** Largest first: an npm package or one of our folders. */
  parts: { name: string; bytes: number }[];
}

/** Sizes of a built bundle in `dir`, as wrangler leaves it. */
export function measure(dir: string): Size {
  const meta = JSON.parse(readFileSync(join(dir, "bundle-meta.json"), "utf8")) as Metafile;
  const bundle = readFileSync(join(dir, "index.js"));
  const output = Object.entries(meta.outputs).find(([name]) => name.endsWith("index.js"))?.[1];
  const byPart = new Map<string, number>();
  for (const [path, { bytesInOutput }] of Object.entries(output?.inputs ?? {})) {
    const name = partOf(path);
    byPart.set(name, (byPart.get(name) ?? 0) + bytesInOutput);
  }
  const parts = [...byPart].map(([name, bytes]) => ({ name, bytes })).toSorted((a, b) => b.bytes - a.bytes);
  return { raw_bytes: bundle.length, gzip_bytes: gzipSync(bundle).length, parts };
}

function partOf(path: string): string {
  const inPackage = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1];
  return inPackage ?? `${path.replace(/^(\.\.\/)+/, "").split("/")[0] ?? path}/`;
}

/** @throws OperatorError above the limit */
export function report(size: Size): string[] {
  const lines = [
    `minified ${kilobytes(size.raw_bytes)}, gzip ${kilobytes(size.gzip_bytes)} (budget ${kilobytes(BUDGET_BYTES)}, limit ${kilobytes(LIMIT_BYTES)})`,
    ...size.parts
      .slice(0, SHOWN)
      .map(
        ({ name, bytes }) =>
          `  ${kilobytes(bytes).padStart(9)}  ${((100 * bytes) / size.raw_bytes).toFixed(1).padStart(4)} %  ${name}`,
      ),
  ];
  if (size.raw_bytes > LIMIT_BYTES) {
    throw new OperatorError(`${lines.join("\n")}\nThe Worker is larger than ${kilobytes(LIMIT_BYTES)}.`);
  }
  if (size.raw_bytes > BUDGET_BYTES)
    lines.push(`Over the budget by ${kilobytes(size.raw_bytes - BUDGET_BYTES)}.`);
  return lines;
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(0)} KB`;
}

if (import.meta.main) {
  await runScript(async () => {
    const dir = join(ROOT, "dist");
    rmSync(dir, { recursive: true, force: true });
    mkdirSync(dir, { recursive: true });
    await wrangler(["deploy", "--env", "production", "--dry-run", "--outdir", dir, "--metafile"]);
    for (const line of report(measure(dir))) console.log(line);
  });
}
