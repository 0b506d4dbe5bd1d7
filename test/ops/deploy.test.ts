/** Deployments that must not happen, those that may, and the way back. */
import { writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { shapeHere, messageOf } from "../../scripts/ops/versions.ts";
import { judge } from "../../scripts/ops/rollback.ts";
import { Workbench } from "./workbench.ts";

const ORIGIN = "https://mcp.acme.test";
let bench: Workbench;
beforeEach(() => {
  bench = new Workbench();
  bench.setOrigin("https://clickup-mcp.example.com", ORIGIN);
});
afterEach(() => bench.remove());

async function provision(environment: string): Promise<void> {
  await bench.run("kv", ["--env", environment]);
  await bench.run("secrets", ["--env", environment]);
}

const deploys = (): string[] => bench.changes.filter((call) => call.startsWith("deploy"));

describe("deploy", () => {
  test("uploads with the shapes of the data in its message, at the domain of PUBLIC_URL", async () => {
    await provision("production");
    const run = await bench.run("deploy", ["--env", "production", "--skip-health"]);
    expect(run.status).toBe(0);
    const message = messageOf(shapeHere("v1"));
    expect(deploys()[0]).toContain(`deploy --env production --message ${message}`);
    expect(deploys()[0]).toContain("--domain mcp.acme.test");
  });

  test("production without ids and secrets is refused, with every fault at once", async () => {
    const run = await bench.run("deploy", ["--env", "production"]);
    expect(run.status).toBe(1);
    for (const fault of [
      "OAUTH_KV has no id",
      "USER_MAPPINGS has no id",
      "ENCRYPTION_KEY is missing",
      "JWT_SECRET is missing",
    ]) {
      expect(run.output).toContain(fault);
    }
    expect(deploys()).toEqual([]);
  });

  test("production with the keys of development is refused", async () => {
    await provision("production");
    const { production } = JSON.parse(bench.read("key-fingerprints.json")) as Record<string, object>;
    writeFileSync(
      bench.file("key-fingerprints.json"),
      JSON.stringify({ production, development: production }),
    );
    const run = await bench.run("deploy", ["--env", "production"]);
    expect(run).toMatchObject({ status: 1, output: expect.stringContaining("is the key of development") });
    writeFileSync(bench.file("key-fingerprints.json"), "{}");
    expect((await bench.run("deploy", ["--env", "production"])).output).toContain(
      "nobody knows whose key it is",
    );
    expect(deploys()).toEqual([]);
  });

  test("half a pair of secrets is refused", async () => {
    await provision("production");
    const { state } = bench;
    state.secrets["production"] = { ...state.secrets["production"], STRIPE_SECRET_KEY: "sk_live_1" };
    bench.state = state;
    const run = await bench.run("deploy", ["--env", "production"]);
    expect(run.output).toContain("only one of STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET");
  });

  test("the example's origin, and development without an address, are refused", async () => {
    expect((await bench.run("deploy", ["--env", "staging"])).output).toContain("Set it in wrangler.jsonc");
    expect((await bench.run("deploy", ["--env", "dev"])).output).toContain("--url https://");
    const production = await bench.run("deploy", ["--env", "production", "--url", "https://other.test"]);
    expect(production.output).toContain("the one in wrangler.jsonc");
    await provision("development");
    const url = "https://clickup-mcp.acme.workers.dev";
    expect((await bench.run("deploy", ["--env", "dev", "--url", url, "--skip-health"])).status).toBe(0);
    expect(deploys()[0]).toContain(`--var PUBLIC_URL:${url}`);
    expect(deploys()[0]).not.toContain("--domain");
  });

  test("a refusal of Cloudflare's says what to do", async () => {
    await provision("production");
    bench.state = { ...bench.state, failing: { deploy: "Authentication error [code: 10000]" } };
    const run = await bench.run("deploy", ["--env", "production"]);
    expect(run).toMatchObject({ status: 1, output: expect.stringContaining("does not know who you are") });
  });
});

describe("rollback", () => {
  const version = (id: string, day: number, message: string) => ({
    id,
    metadata: { created_on: `2026-11-0${day}T00:00:00Z` },
    annotations: { "workers/tag": `tag-${id}`, "workers/message": message },
  });
  const deployed = (id: string, day: number) => ({
    created_on: `2026-11-0${day}T00:00:00Z`,
    versions: [{ version_id: id, percentage: 100 }],
  });

  function history(before: string, now: string): void {
    bench.state = {
      ...bench.state,
      versions: [version("aaa", 1, before), version("bbb", 2, now)],
      deployments: [deployed("aaa", 1), deployed("bbb", 2)],
    };
  }

  test("goes to the version before, and says what happens to the data", async () => {
    history("schema 3, classes v1", "schema 5, classes v1");
    const run = await bench.run("rollback", ["--env", "production"]);
    expect(run.status).toBe(0);
    expect(run.output).toContain("stay at schema 5");
    expect(bench.changes).toEqual(["rollback aaa --env production --message rollback from tag-bbb --yes"]);
  });

  test("does not cross a change of the classes, nor guess", async () => {
    history("schema 3, classes v1", "schema 3, classes v2");
    const run = await bench.run("rollback", ["--env", "production"]);
    expect(run).toMatchObject({
      status: 1,
      output: expect.stringContaining("Cloudflare does not roll back"),
    });
    history("by hand", "schema 3, classes v1");
    expect((await bench.run("rollback", ["--env", "production"])).output).toContain("not known");
    expect(bench.changes).toEqual([]);
    expect((await bench.run("rollback", ["--env", "production", "--force"])).status).toBe(0);
  });

  test("names a version, and refuses one that is not there or runs already", async () => {
    history("schema 3, classes v1", "schema 3, classes v1");
    expect((await bench.run("rollback", ["--env", "production", "--to", "zzz"])).output).toContain("tag-aaa");
    expect((await bench.run("rollback", ["--env", "production", "--to", "tag-bbb"])).output).toContain(
      "runs",
    );
    expect(
      (await bench.run("rollback", ["--env", "production", "--to", "tag-aaa", "--dry-run"])).status,
    ).toBe(0);
    expect(bench.changes).toEqual([]);
    bench.state = { ...bench.state, versions: [], deployments: [] };
    expect((await bench.run("rollback", ["--env", "production"])).output).toContain("no earlier deployment");
  });

  test("forward in schema is safe too", () => {
    const shape = (schema: number) => ({ id: "x", created: "", tag: "", shape: { schema, classes: "v1" } });
    expect(judge(shape(3), shape(5)).safe).toBe(true);
    expect(judge(undefined, shape(5)).safe).toBe(false);
  });
});

describe("doctor", () => {
  test("names every fault with what to do, and exits 1", async () => {
    bench.setOrigin(ORIGIN, "http://127.0.0.1:9");
    writeFileSync(bench.file(".dev.vars"), "ENCRYPTION_KEY=c2hvcnQ=\nJWT_SECRET=short\n", { mode: 0o644 });
    const { status, output } = await bench.run("doctor", ["--env", "production"]);
    expect(status).toBe(1);
    for (const line of [
      /✗ local ENCRYPTION_KEY +5 bytes instead of 32/,
      /✗ local JWT_SECRET/,
      /! local secrets +.*chmod 600/,
      /✗ kv OAUTH_KV +has no id; npm run kv:create:production/,
      /✗ r2 bucket +clickup-mcp-audit-production does not exist/,
      /✗ secret ENCRYPTION_KEY +is missing/,
      /! billing +off/,
      /✗ health/,
    ]) {
      expect(output).toMatch(line);
    }
    expect(output).not.toContain("c2hvcnQ=");
  });

  test("needs no account for this machine", async () => {
    bench.state = { ...bench.state, accounts: null };
    writeFileSync(
      bench.file("wrangler.jsonc"),
      bench.read("wrangler.jsonc").replace("http://localhost:8787", "http://127.0.0.1:9"),
    );
    const run = await bench.run("doctor", ["--env", "development"]);
    expect(run).toMatchObject({ status: 0, output: expect.stringContaining("development is in order") });
    expect((await bench.run("doctor", ["--env", "development", "--account"])).output).toContain(
      "wrangler login",
    );
  });
});
