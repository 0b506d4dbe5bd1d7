/** The heap of a Worker is read while it has nothing to do: V8 would put the collection off until it has. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildWorker, ROOT } from "./bundle.ts";
import { heapAfterCollection } from "./inspector.ts";
import { Workerd } from "./serve.ts";

const workDir = mkdtempSync(join(tmpdir(), "clickup-mcp-inspector-"));
let workerd: Workerd;

beforeAll(async () => {
  const bundle = await buildWorker(
    join(ROOT, "test/lab/bench/workers/stores.ts"),
    join(workDir, "stores.js"),
  );
  workerd = await Workerd.prepare({
    sockets: ["stores"],
    layout: () => ({ services: { stores: { bundle } } }),
    workDir,
    stateDir: join(workDir, "state"),
    output: "keep",
    inspected: true,
  });
  await workerd.start();
});

afterAll(async () => {
  await workerd.kill();
  rmSync(workDir, { recursive: true });
});

test("the heap of an idle Worker, and of it again with what it keeps", async () => {
  const origin = workerd.origins["stores"] ?? "";
  const heap = (): Promise<number> => heapAfterCollection(workerd.inspector ?? "", "stores", origin);
  const before_bytes = await heap();
  const kept = "k".repeat(1024);
  for (let i = 0; i < 200; i++) {
    await fetch(`${origin}/key-${i}`, {
      method: "PUT",
      body: kept,
      headers: { "CF-KV-Metadata": `${kept}${i}` },
    });
  }
  expect(before_bytes).toBeGreaterThan(0);
  const grown_bytes = (await heap()) - before_bytes;
  expect(grown_bytes).toBeGreaterThan(200 * 1024);
  expect(grown_bytes).toBeLessThan(2 * 1024 * 1024);
});
