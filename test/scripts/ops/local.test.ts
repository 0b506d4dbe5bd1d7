/** What an operator and a newcomer type on their own machine: start, doctor, admin, and Node in a version that is too old. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freePort } from "../../../scripts/ports.ts";
import { otherUrl } from "../../../scripts/running.ts";
import { startStack, type Stack } from "../../../scripts/stack.ts";
import { ROOT, Workbench, type Done } from "./workbench.ts";

const dir = mkdtempSync(join(tmpdir(), "clickup-mcp-local-"));
const bench = new Workbench();
const ours = join(dir, "ours");
const theirs = join(dir, "theirs");
const ELSEWHERE = "/srv/another-checkout";
let stack: Stack;
let other: Stack;

/** `npm start`, `npm run …` as typed, without npm around it. */
function typed(args: string[], options: string[] = []): { status: number | null; output: string } {
  const done = spawnSync(process.execPath, [...options, ...args], { cwd: ROOT, encoding: "utf8" });
  return { status: done.status, output: done.stdout + done.stderr };
}

describe("on this machine", () => {
  beforeAll(async () => {
    delete process.env["WRANGLER_REGISTRY_PATH"];
    stack = await startStack({ port: await freePort(8960), dataDir: ours, clickup: "sandbox" });
    // What a server says that another checkout runs.
    const vars = { CHECKOUT: ELSEWHERE };
    other = await startStack({ port: await freePort(8970), dataDir: theirs, clickup: "sandbox", vars });
  }, 200_000);

  afterAll(async () => {
    await Promise.all([stack?.stop(), other?.stop()]);
    bench.remove();
    rmSync(dir, { recursive: true, force: true });
  }, 30_000);

  const admin = (...args: string[]): Promise<Done> => bench.run("admin", args);

  test(
    "the operator's commands reach the server of their own state, and name it",
    { timeout: 60_000 },
    async () => {
      const { status, output } = await admin("users", "--data", ours);
      expect([status, output]).toEqual([0, expect.stringContaining(`this machine: ${stack.url}, version `)]);
      // What scripts read stays clean.
      const json = spawnSync(process.execPath, ["scripts/ops/admin.ts", "users", "--json", "--data", ours], {
        cwd: ROOT,
        encoding: "utf8",
      });
      expect(JSON.parse(json.stdout)).toHaveProperty("users");
    },
  );

  test(
    "they refuse the server of another checkout before anything is asked of it",
    { timeout: 60_000 },
    async () => {
      for (const words of [
        ["users"],
        ["delete", "u_x", "--confirm", "u_x"],
        ["billing", "grant", "u_x", "--until", "never"],
      ]) {
        const { status, output } = await admin(...words, "--data", theirs);
        expect([words, status]).toEqual([words, 1]);
        expect(output).toContain(
          `${other.url}, runs from ${ELSEWHERE}, not from ${ROOT}. Nothing was asked of it.`,
        );
      }
    },
  );

  test(
    "they say when nothing of this checkout runs there, whatever else runs on the machine",
    { timeout: 60_000 },
    async () => {
      const { status, output } = await admin("users", "--data", join(dir, "nothing"));
      expect([status, output]).toEqual([1, expect.stringContaining("No server of this checkout runs")]);
    },
  );

  test("a second server does not begin on the state of one that runs", { timeout: 60_000 }, async () => {
    const note = join(ours, "server.json");
    const kept = readFileSync(note, "utf8");
    // As another process wrote it: that of the shell this test runs in.
    writeFileSync(note, JSON.stringify({ url: stack.url, pid: process.ppid }));
    try {
      const start = startStack({ port: await freePort(8980), dataDir: ours, clickup: "sandbox" });
      await expect(start).rejects.toThrow(`${stack.url} runs with the state in ${ours}`);
      expect(otherUrl(ours)).toBe(stack.url);
      expect(readFileSync(note, "utf8")).toContain(String(process.ppid));
    } finally {
      writeFileSync(note, kept);
    }
    expect(otherUrl(ours)).toBeUndefined();
  });

  test(
    "the doctor finds the server on whatever port, and says when it does not run",
    { timeout: 60_000 },
    async () => {
      const found = await bench.run("doctor", ["--data", ours]);
      expect(found.output).toMatch(/✓ health +development/);
      expect(found.output).toContain(stack.url);
      const none = await bench.run("doctor", ["--data", join(dir, "nothing"), "--env", "development"]);
      expect(none.output).not.toContain(stack.url);
    },
  );
});

describe("npm start", () => {
  test("-- --help tells what it takes, and so does a wrong option", () => {
    const help = typed(["scripts/start.ts", "--help"]);
    expect([help.status, help.output]).toEqual([0, expect.stringContaining("--clickup sandbox|real")]);
    const wrong = typed(["scripts/start.ts", "--prot", "1"]);
    expect([wrong.status, wrong.output]).toEqual([1, expect.stringContaining("--clickup sandbox|real")]);
    expect(wrong.output).not.toContain("    at ");
  });
});

describe("a Node that cannot run TypeScript", () => {
  test("is told so in words, by every script", () => {
    const { status, output } = typed(
      ["--import", "./scripts/node-version.mjs", "scripts/start.ts"],
      ["--no-experimental-strip-types"],
    );
    expect([status, output]).toEqual([1, expect.stringContaining("Node 24")]);
    expect(output).not.toContain("ERR_UNKNOWN_FILE_EXTENSION");
    const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
      scripts: Record<string, string>;
    };
    const unguarded = Object.entries(scripts).filter(
      ([, text]) =>
        /\.ts\b/.test(text) && text.startsWith("node ") && !text.includes("./scripts/node-version.mjs"),
    );
    expect(unguarded).toEqual([]);
  });

  test("gets no wall of warnings on npm ci: our own words say what matters", () => {
    expect(readFileSync(join(ROOT, ".npmrc"), "utf8")).toMatch(/^loglevel=error$/m);
  });
});
