/** What is deployed is the product and nothing else: no fixture, sandbox or script is in the bundle. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, normalize } from "node:path";
import { describe, expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "../..");
const BIN = join(ROOT, "node_modules/.bin");

/** The files of the repository that the bundle of a configuration holds. */
function bundled(config: string): string[] {
  const outDir = mkdtempSync(join(tmpdir(), "clickup-mcp-bundle-"));
  try {
    const args = ["deploy", "--dry-run", "--config", config, "--outdir", outDir, "--metafile"];
    const run = spawnSync(join(BIN, "wrangler"), args, {
      cwd: ROOT,
      encoding: "utf8",
      env: {
        ...process.env,
        PATH: `${BIN}:${process.env["PATH"] ?? ""}`,
        WRANGLER_SEND_METRICS: "false",
        CI: "true",
      },
    });
    if (run.status !== 0) throw new Error(run.stderr);
    const metafile = readFileSync(join(outDir, "bundle-meta.json"), "utf8");
    const { inputs } = JSON.parse(metafile) as { inputs: Record<string, unknown> };
    // Paths are relative to the folder of the configuration.
    return Object.keys(inputs)
      .map((path) => normalize(join(dirname(config), path)))
      .filter((path) => !path.startsWith("node_modules/"));
  } finally {
    rmSync(outDir, { recursive: true, force: true });
  }
}

const foreign = (paths: string[]): string[] => paths.filter((path) => /^(test|scripts|docs)\//.test(path));

describe("bundle", () => {
  test("the product holds no tests and no scripts", () => {
    const paths = bundled("wrangler.jsonc");
    expect(paths).toContain("worker/index.ts");
    expect(paths).toContain("objects/user.ts");
    expect(foreign(paths)).toEqual([]);
  });

  test("the check would see fixtures", () => {
    expect(foreign(bundled("test/lab/conformance/worker/wrangler.jsonc"))).toContain(
      "test/lab/conformance/worker/surface.ts",
    );
  });
});
