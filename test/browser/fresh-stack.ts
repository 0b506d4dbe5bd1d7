/** The whole stack on this machine with fresh data, on a port of its own. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../scripts/ports.ts";
import { startStack, type Stack } from "../../scripts/stack.ts";

export async function freshStack(): Promise<Stack> {
  const dataDir = mkdtempSync(join(tmpdir(), "clickup-mcp-browser-"));
  return startStack({ port: await freePort(18_787), dataDir, clickup: "sandbox" });
}

/** Stops it and removes its data. */
export async function endStack(stack: Stack): Promise<void> {
  await stack.stop();
  rmSync(stack.dataDir, { recursive: true, force: true });
}
