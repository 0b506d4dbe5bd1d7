/** The stacks of this machine: where each keeps its state, says that it runs, and is found by the operator's commands. */
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** This checkout. */
export const ROOT = join(import.meta.dirname, "..");
/** State of `npm start`, unless --data names another folder. */
export const STATE_DIR = join(ROOT, ".wrangler", "state");

/** wrangler's list of running Workers, one for each folder of state: what runs elsewhere under the same name is not in it. */
export function registryOf(dataDir: string): string {
  return process.env["WRANGLER_REGISTRY_PATH"] ?? join(dataDir, "registry");
}

const fileOf = (dataDir: string): string => join(dataDir, "server.json");

export function noteRunning(dataDir: string, url: string): void {
  writeFileSync(fileOf(dataDir), JSON.stringify({ url, pid: process.pid }));
}

export function noteStopped(dataDir: string): void {
  rmSync(fileOf(dataDir), { force: true });
}

/** The address of the server that runs with this state; undefined when none does. */
export function runningUrl(dataDir: string): string | undefined {
  return running(dataDir)?.url;
}

/** Another process's server that has this state open: two would write over each other. */
export function otherUrl(dataDir: string): string | undefined {
  const found = running(dataDir);
  return found === undefined || found.pid === process.pid ? undefined : found.url;
}

function running(dataDir: string): { url: string; pid: number } | undefined {
  if (!existsSync(fileOf(dataDir))) return undefined;
  const note = JSON.parse(readFileSync(fileOf(dataDir), "utf8")) as { url: string; pid: number };
  return isAlive(note.pid) ? note : undefined;
}

/** A server that was killed leaves its note behind. */
function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // It is there, and somebody else's.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
