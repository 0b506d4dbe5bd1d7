/** Deployments that must not happen, those that may, and the way back. */
import { writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { shapeHere, messageOf, versionBefore } from "../../../scripts/ops/versions.ts";
import { judge } from "../../../scripts/ops/rollback.ts";
import { Workbench } from "./workbench.ts";

const ORIGIN = "https://mcp.acme.test";
let bench: Workbench;
beforeEach(() => {
  bench = new Workbench();
  bench.setOrigin("https://clickup-mcp.example.com", ORIGIN);
});
afterEach(() => bench.remove());

const deploys = (): string[] => bench.changes.filter((call) => call.startsWith("deploy"));

describe("deploy", () => {
  test("uploads with the shapes of the data in its message, at the domain of PUBLIC_URL", async () => {
    bench.provision("production");
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
    bench.provision("production");
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
    bench.provision("production");
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
    bench.provision("development");
    const url = "https://clickup-mcp.acme.workers.dev";
    expect((await bench.run("deploy", ["--env", "dev", "--url", url, "--skip-health"])).status).toBe(0);
    expect(deploys()[0]).toContain(`--var PUBLIC_URL:${url}`);
    expect(deploys()[0]).not.toContain("--domain");
  });

  test("a refusal of Cloudflare's says what to do", async () => {
    bench.provision("production");
    bench.state = { ...bench.state, failing: { deploy: "Authentication error [code: 10000]" } };
    const run = await bench.run("deploy", ["--env", "production"]);
    expect(run).toMatchObject({ status: 1, output: expect.stringContaining("does not know who you are") });
  });
});

describe("a version that was uploaded and is not healthy", () => {
  let server: Server;
  /** What /health answers, by the version that is live. */
  let healthOf: (version: string) => { status: number; body: object };
  const healthy = (deployment: string) => ({
    status: 200,
    body: { status: "healthy", environment: "staging", version: "1", deployment, timestamp: "" },
  });

  beforeEach(async () => {
    healthOf = healthy;
    server = createServer((_, response) => {
      const live = bench.state.deployments.at(-1)?.versions[0]?.version_id ?? "none";
      const { status, body } = healthOf(live);
      response.writeHead(status, { "Content-Type": "application/json" });
      response.end(JSON.stringify(body));
    });
    await new Promise<void>((resolve) => {
      server.listen(0, "127.0.0.1", resolve);
    });
    const { port } = server.address() as AddressInfo;
    bench.setOrigin("https://clickup-mcp-staging.example.com", `http://127.0.0.1:${port}`);
    bench.provision("staging");
  });
  afterEach(() => void server.close());

  const deployStaging = () => bench.run("deploy", ["--env", "staging", "--patience", "0.2"]);
  const live = () => bench.state.deployments.at(-1)?.versions[0]?.version_id;

  test("healthy: it stays, and says so; degraded is said and stays, too", async () => {
    const first = await deployStaging();
    expect(first).toMatchObject({ status: 0, output: expect.stringContaining("is healthy.") });
    const billing = { state: "price_missing", api: "answers", webhook: "enabled" };
    healthOf = (deployment) => ({
      status: 200,
      body: { ...healthy(deployment).body, status: "degraded", billing },
    });
    const second = await deployStaging();
    expect(second).toMatchObject({ status: 0, output: expect.stringContaining("billing price_missing") });
    expect(live()).toBe("version-2");
  });

  test.each([
    ["does not answer", { status: 500, body: {} }, "answered 500"],
    [
      "is misconfigured",
      { status: 200, body: { status: "misconfigured", misconfigured: ["JWT_SECRET"] } },
      "misconfigured: JWT_SECRET",
    ],
  ])("%s: the version before runs again, and the deployment has failed", async (_, broken, said) => {
    expect((await deployStaging()).status).toBe(0);
    healthOf = (version) => (version === "version-2" ? broken : healthy(version));
    const run = await deployStaging();
    expect(run.status).toBe(1);
    expect(run.output).toContain(said);
    expect(run.output).toContain("The version before runs again and is healthy");
    expect(live()).toBe("version-1");
    // Going back by hand does not lead to the version that was left.
    const again = await bench.run("rollback", ["--env", "staging"]);
    expect(again).toMatchObject({ status: 1, output: expect.stringContaining("no earlier deployment") });
    expect(live()).toBe("version-1");
  });

  test("an old version that still answers is not taken for the new one", async () => {
    expect((await deployStaging()).status).toBe(0);
    healthOf = () => healthy("version-1");
    const run = await deployStaging();
    expect(run).toMatchObject({ status: 1, output: expect.stringContaining("not version-2") });
  });

  test("the first deployment has nothing to go back to, and says that it is still live", async () => {
    healthOf = () => ({ status: 503, body: {} });
    const run = await deployStaging();
    expect(run.status).toBe(1);
    expect(run.output).toContain("no earlier deployment");
    expect(run.output).toContain("It is still live");
    expect(bench.changes.filter((call) => call.startsWith("rollback"))).toEqual([]);
  });

  test("across a change of the classes it is not taken back: that is not safe", async () => {
    expect((await deployStaging()).status).toBe(0);
    const { state } = bench;
    state.versions[0]!.annotations["workers/message"] = "schema 5, classes v0";
    bench.state = state;
    healthOf = () => ({ status: 500, body: {} });
    const run = await deployStaging();
    expect(run.output).toContain("Cloudflare does not roll back across that");
    expect(run.output).toContain("It was not taken back");
    expect(live()).toBe("version-2");
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

  test("goes back to what ran before, not to what was left", () => {
    const at = (versionId: string, rollback = false) => ({ versionId, rollback });
    expect(versionBefore([])).toBeUndefined();
    expect(versionBefore([at("a")])).toBeUndefined();
    expect(versionBefore([at("b"), at("a")])).toBe("a");
    expect(versionBefore([at("a", true), at("b"), at("a")])).toBeUndefined();
    expect(versionBefore([at("a", true), at("b"), at("a"), at("z")])).toBe("z");
    expect(versionBefore([at("c"), at("a", true), at("b"), at("a")])).toBe("a");
    // Forward again to what had been left.
    expect(versionBefore([at("b", true), at("a", true), at("b"), at("a")])).toBe("a");
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
      bench.read("wrangler.jsonc").replace("http://localhost:8484", "http://127.0.0.1:9"),
    );
    const run = await bench.run("doctor", ["--env", "development"]);
    expect(run).toMatchObject({ status: 0, output: expect.stringContaining("development is in order") });
    // A bare clone: no secrets yet, nothing running, nobody logged in.
    expect(run.output).toContain("none yet; npm start makes .dev.vars");
    expect(run.output).toContain("does not run; npm start");
    expect(bench.state.calls).toEqual([]);
    expect((await bench.run("doctor", ["--env", "development", "--account"])).output).toContain(
      "wrangler login",
    );
  });
});
