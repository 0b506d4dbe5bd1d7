/** The laboratory's R2, behind workerd's own binding, says what R2 says. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { EXPECTED, EXPECTED_FAILURES } from "../../support/r2-contract.ts";
import { buildWorker, ROOT } from "./bundle.ts";
import { serveOutside } from "./outside.ts";
import { R2Bucket } from "./r2.ts";
import { Workerd } from "./serve.ts";

test("R2 of the laboratory", async () => {
  const workDir = mkdtempSync(join(tmpdir(), "clickup-mcp-r2-"));
  const failed = new Set<string>();
  const firstFails =
    (named: string) =>
    async (key: string): Promise<"fail" | "go on"> =>
      key === named && !failed.has(key) && failed.add(key) ? "fail" : "go on";
  const r2 = new R2Bucket({ before: firstFails("f/before"), after: firstFails("f/after") });
  const outside = await serveOutside((request) => r2.fetch(request));
  const bundle = await buildWorker(
    join(ROOT, "test/lab/workerd/r2-contract-worker.ts"),
    join(workDir, "worker.js"),
  );
  const bindings = [{ name: "BUCKET", r2: "r2" }];
  const workerd = await Workerd.prepare({
    sockets: ["contract"],
    layout: () => ({ services: { contract: { bundle, bindings }, r2: { address: outside.address } } }),
    workDir,
    stateDir: join(workDir, "state"),
    output: "keep",
  });
  try {
    await workerd.start();
    const answer = await fetch(workerd.origins["contract"] ?? "");
    expect(await answer.json()).toEqual({ contract: EXPECTED, failures: EXPECTED_FAILURES });
    expect(r2.attempts.map(({ end }) => end)).toEqual(
      expect.arrayContaining(["stored", "exists", "refused", "lost"]),
    );
  } finally {
    await workerd.kill();
    await outside.stop();
    rmSync(workDir, { recursive: true });
  }
});
