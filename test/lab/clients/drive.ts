/** One client: its driver runs in a process of its own and says which steps it got through. */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Person } from "./person.ts";
import type { LabClient } from "./list.ts";

export const STEPS = ["sign-in", "tools/list", "read", "write", "refresh"] as const;
export type Step = (typeof STEPS)[number];

export interface Driven {
  client: LabClient;
  /** What the driver said of each step it got through: a word or two, or nothing. */
  done: Partial<Record<Step, string>>;
  /** Steps the client cannot be driven to from outside, and why. */
  impossible: Partial<Record<Step, string>>;
  /** Why it ended before its last step. */
  failed?: string;
}

const DRIVER_MS = 150_000;
const LAST_WORDS_CHARS = 1_500;

/** @param folder of the client; @param origin of the server */
export async function drive(
  client: LabClient,
  folder: string,
  origin: string,
  person: Person,
): Promise<Driven> {
  // Some clients put nothing under /tmp that they run.
  const homes = join(homedir(), ".cache", "clickup-mcp-clients");
  mkdirSync(homes, { recursive: true });
  const home = mkdtempSync(join(homes, "home-"));
  const driven: Driven = { client, done: {}, impossible: {} };
  let words = "";
  const child = spawn(process.execPath, [join(folder, "drivers", `${client.driver}.mjs`)], {
    cwd: folder,
    // A group of its own: what the client leaves running ends with it.
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...person.environment(process.env["PATH"] ?? ""),
      HOME: home,
      XDG_CONFIG_HOME: join(home, ".config"),
      MCP_URL: `${origin}/mcp`,
      NO_COLOR: "1",
      LANG: "C.UTF-8",
    } as unknown as NodeJS.ProcessEnv,
  });
  const take = (line: string): void => {
    if (!line.startsWith("@")) return;
    const said = JSON.parse(line.slice(1)) as { step?: Step; note?: string; impossible?: Step; why?: string };
    if (said.step !== undefined) driven.done[said.step] = said.note ?? "";
    if (said.impossible !== undefined) driven.impossible[said.impossible] = said.why ?? "";
  };
  let rest = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    words += text;
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    lines.forEach(take);
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => (words += text));
  const end = (): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    } catch {
      // It ended by itself.
    }
  };
  const late = setTimeout(end, DRIVER_MS);
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  clearTimeout(late);
  end();
  rmSync(home, { recursive: true, force: true });
  const open = STEPS.filter((step) => !(step in driven.done) && !(step in driven.impossible));
  if (code !== 0 || open.length > 0) {
    driven.failed = `${open.join(", ") || "its end"}: ${words.slice(-LAST_WORDS_CHARS).trim()}`;
  }
  return driven;
}
