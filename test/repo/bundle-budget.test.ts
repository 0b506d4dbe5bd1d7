/** The size of what is deployed, and what makes it up: a barrel import shows here before users wait for it. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { BUDGET_BYTES, measure, type Size } from "../../scripts/ops/build.ts";

const ROOT = join(import.meta.dirname, "../..");
const BIN = join(ROOT, "node_modules/.bin");

/** Minified bytes of what dominates. Whatever else is in the bundle has to stay below `OTHERS_BYTES` each. */
const DOMINANT: Record<string, number> = {
  "tools/": 280_000,
  stripe: 260_000,
  "@modelcontextprotocol/server": 225_000,
  "worker/": 205_000,
  "objects/": 140_000,
  "@cloudflare/workers-oauth-provider": 135_000,
  zod: 125_000,
};
const OTHERS_BYTES = 50_000;

let size: Size;

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
    size = measure(outDir);
  } finally {
    rmSync(outDir, { recursive: true, force: true });
  }
}, 60_000);

describe("bundle budget", () => {
  test("the script stays within its budget", () => {
    expect(size.raw_bytes).toBeGreaterThan(500_000);
    expect(size.raw_bytes).toBeLessThan(BUDGET_BYTES);
  });

  test("nothing dominates that did not before", () => {
    const over = size.parts.filter(({ name, bytes }) => bytes > (DOMINANT[name] ?? OTHERS_BYTES));
    expect(over).toEqual([]);
  });

  test("zod's translations are left out", () => {
    // `import { z }` keeps the whole namespace, 50 languages included; `import * as z` keeps what is used.
    expect(size.parts.find(({ name }) => name === "zod")?.bytes).toBeLessThan(DOMINANT["zod"] ?? 0);
  });
});
