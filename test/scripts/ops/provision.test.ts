/** Namespaces and buckets: made once, taken when there, ids written without touching the rest of the file. */
import { writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Workbench } from "./workbench.ts";

let bench: Workbench;
beforeEach(() => {
  bench = new Workbench();
});
afterEach(() => bench.remove());

describe("kv:create", () => {
  test("creates what is missing, writes the ids, and does nothing the second time", async () => {
    const before = bench.read("wrangler.jsonc");
    const first = await bench.run("kv", ["--env", "staging"]);
    expect(first).toMatchObject({ status: 0, output: expect.stringContaining("KV of staging is ready") });
    expect(bench.changes).toEqual([
      "kv namespace create clickup-mcp-staging-OAUTH_KV",
      "kv namespace create clickup-mcp-staging-USER_MAPPINGS",
    ]);
    const after = bench.read("wrangler.jsonc");
    expect(after.replaceAll(/, "id": "\d+"/g, "")).toBe(before);
    expect(
      after.slice(after.indexOf('"staging"'), after.indexOf('"production"')).match(/"id": "/g),
    ).toHaveLength(2);
    expect(after.slice(after.indexOf('"production"'))).not.toContain('"id": "1');
    const again = await bench.run("kv", ["--env", "staging"]);
    expect(again.output).toContain("as before");
    expect(bench.changes).toHaveLength(2);
    expect(bench.read("wrangler.jsonc")).toBe(after);
  });

  test("says where the file cannot be read", async () => {
    const lines = bench.read("wrangler.jsonc").replace('"OAUTH_KV" }', '"OAUTH_KV" ').split("\n");
    writeFileSync(bench.file("wrangler.jsonc"), lines.join("\n"));
    const run = await bench.run("kv", ["--env", "staging"]);
    expect(run.status).toBe(1);
    const line = lines.findIndex((text) => text.includes("kv_namespaces")) + 1;
    expect(run.output).toMatch(new RegExp(`wrangler.jsonc cannot be read: \\w+ in line ${line}`));
    expect(bench.read("wrangler.jsonc")).toBe(lines.join("\n"));
  });

  test("finishes what was left half done", async () => {
    bench.state = {
      ...bench.state,
      namespaces: [{ id: "77777777", title: "clickup-mcp-production-OAUTH_KV" }],
    };
    const run = await bench.run("kv", ["--env", "production"]);
    expect(run.output).toMatch(/OAUTH_KV {2}77777777 {2}was there/);
    expect(bench.changes).toEqual(["kv namespace create clickup-mcp-production-USER_MAPPINGS"]);
  });

  test("refuses ids of another account", async () => {
    await bench.run("kv", ["--env", "staging"]);
    bench.state = { ...bench.state, namespaces: [], calls: [] };
    const run = await bench.run("kv", ["--env", "staging"]);
    expect(run.status).toBe(1);
    expect(run.output).toContain("does not have");
    expect(bench.changes).toEqual([]);
  });

  test.each([
    [[], "Name the environment"],
    [["--env", "prod"], 'not "prod"'],
  ])("refuses %j", async (args, message) => {
    const run = await bench.run("kv", args);
    expect(run).toMatchObject({ status: 1, output: expect.stringContaining(message) });
    expect(bench.state.calls).toEqual([]);
  });

  test("says what to do without a login, and with several accounts", async () => {
    bench.state = { ...bench.state, accounts: null };
    expect((await bench.run("kv", ["--env", "dev"])).output).toContain("wrangler login");
    const accounts = [
      { id: "a", name: "A" },
      { id: "b", name: "B" },
    ];
    bench.state = { ...bench.state, accounts };
    expect((await bench.run("kv", ["--env", "dev"])).output).toContain("CLOUDFLARE_ACCOUNT_ID");
    const wrong = await bench.run("kv", ["--env", "dev"], { CLOUDFLARE_ACCOUNT_ID: "c" });
    expect(wrong.output).toContain("does not reach");
    expect((await bench.run("kv", ["--env", "dev"], { CLOUDFLARE_ACCOUNT_ID: "b" })).status).toBe(0);
  });
});

describe("r2:create", () => {
  test("makes the three buckets with an expiry, once", async () => {
    expect((await bench.run("r2", [])).status).toBe(0);
    expect(bench.state.buckets).toEqual([
      "clickup-mcp-audit-dev",
      "clickup-mcp-audit-staging",
      "clickup-mcp-audit-production",
    ]);
    expect(bench.changes).toContain(
      "r2 bucket lifecycle add clickup-mcp-audit-dev audit-expire audit/ --expire-days 400 --force",
    );
    expect(bench.changes.some((call) => call.includes(" lock "))).toBe(false);
    const { length } = bench.changes;
    const again = await bench.run("r2", []);
    expect(again.output).not.toMatch(/created|added/);
    expect(bench.changes).toHaveLength(length);
  });

  test("locks on demand, and says what that costs", async () => {
    const run = await bench.run("r2", ["--env", "production", "--lock-days", "30"]);
    expect(bench.changes).toContain(
      "r2 bucket lock add clickup-mcp-audit-production audit-lock audit/ --retention-days 30 --force",
    );
    expect(run.output).toContain("cannot be deleted");
  });

  test("refuses nonsense and says that R2 is off", async () => {
    expect((await bench.run("r2", ["--keep-days", "some"])).status).toBe(1);
    expect((await bench.run("r2", ["--keep-days", "10", "--lock-days", "20"])).status).toBe(1);
    bench.state = {
      ...bench.state,
      failing: { "r2 bucket list": "Please enable R2 through the dashboard [code: 10042]" },
    };
    expect((await bench.run("r2", [])).output).toContain("R2 is off in this account");
  });
});
