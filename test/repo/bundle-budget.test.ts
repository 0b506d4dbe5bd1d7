/** The size of what is deployed, and what makes it up: a barrel import shows here before users wait for it. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { BUDGET_BYTES } from "../../scripts/ops/build.ts";

const ROOT = join(import.meta.dirname, "../..");
const BIN = join(ROOT, "node_modules/.bin");

/** Minified bytes of what dominates. Whatever else is in the bundle has to stay below `OTHERS_BYTES` each. */
const DOMINANT: Record<string, number> = {
  tools: 275_000,
  stripe: 140_000,
  "@modelcontextprotocol/server": 225_000,
  worker: 175_000,
  objects: 130_000,
  "@cloudflare/workers-oauth-provider": 135_000,
  zod: 125_000,
};
const OTHERS_BYTES = 50_000;

let total_bytes = 0;
const byPart = new Map<string, number>();

beforeAll(() => {
  const outDir = mkdtempSync(join(tmpdir(), "clickup-mcp-budget-"));
  try {
    const run = spawnSync(
      join(BIN, "wrangler"),
      ["deploy", "--dry-run", "--env", "", "--outdir", outDir, "--metafile"],
      {
        cwd: ROOT,
        encoding: "utf8",
        env: {
          ...process.env,
          PATH: `${BIN}:${process.env["PATH"] ?? ""}`,
          WRANGLER_SEND_METRICS: "false",
          CI: "true",
        },
      },
    );
    if (run.status !== 0) throw new Error(run.stderr);
    const { outputs } = JSON.parse(readFileSync(join(outDir, "bundle-meta.json"), "utf8")) as {
      outputs: Record<string, { bytes: number; inputs: Record<string, { bytesInOutput: number }> }>;
    };
    for (const [name, { bytes, inputs }] of Object.entries(outputs)) {
      if (!name.endsWith(".js")) continue;
      total_bytes += bytes;
      for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
        const part = partOf(path);
        byPart.set(part, (byPart.get(part) ?? 0) + bytesInOutput);
      }
    }
  } finally {
    rmSync(outDir, { recursive: true, force: true });
  }
}, 60_000);

/** The package, or the room of the repository, a bundled file belongs to. */
function partOf(path: string): string {
  if (path.includes(".wrangler/stripe/")) return "stripe";
  const inPackage = path.split("node_modules/").at(-1);
  if (inPackage === undefined || inPackage === path) return path.split("/")[0] ?? path;
  return inPackage
    .split("/")
    .slice(0, inPackage.startsWith("@") ? 2 : 1)
    .join("/");
}

describe("bundle budget", () => {
  test("the script stays within its budget", () => {
    expect(total_bytes).toBeGreaterThan(500_000);
    expect(total_bytes).toBeLessThan(BUDGET_BYTES);
  });

  test("nothing dominates that did not before", () => {
    const over = [...byPart].filter(([part, bytes]) => bytes > (DOMINANT[part] ?? OTHERS_BYTES));
    expect(over).toEqual([]);
  });

  test("zod's translations are left out", () => {
    // `import { z }` keeps the whole namespace, 50 languages included; `import * as z` keeps what is used.
    expect(byPart.get("zod")).toBeLessThan(DOMINANT["zod"] ?? 0);
  });
});
