/** Secrets: generated, piped, never shown; keys of environments never the same. */
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { fingerprint } from "../../../scripts/ops/fingerprint.ts";
import { Workbench } from "./workbench.ts";

let bench: Workbench;
beforeEach(() => {
  bench = new Workbench();
});
afterEach(() => bench.remove());

const KEY = Buffer.alloc(32, 7).toString("base64");

test("generates keys, sends them by stdin, and shows only fingerprints", async () => {
  const run = await bench.run("secrets", ["--env", "production"]);
  expect(run.status).toBe(0);
  const sent = bench.state.secrets["production"] ?? {};
  expect(Object.keys(sent)).toEqual(["ENCRYPTION_KEY", "JWT_SECRET"]);
  expect(Buffer.from(sent["ENCRYPTION_KEY"] ?? "", "base64")).toHaveLength(32);
  expect(sent["JWT_SECRET"]?.length).toBeGreaterThanOrEqual(32);
  const seen = run.output + JSON.stringify(bench.state.calls) + bench.read("key-fingerprints.json");
  for (const value of Object.values(sent)) expect(seen).not.toContain(value);
  expect(JSON.parse(bench.read("key-fingerprints.json"))).toEqual({
    production: {
      ENCRYPTION_KEY: fingerprint("ENCRYPTION_KEY", sent["ENCRYPTION_KEY"] ?? ""),
      JWT_SECRET: fingerprint("JWT_SECRET", sent["JWT_SECRET"] ?? ""),
    },
  });
});

test("a second run changes nothing; a missing one is added alone", async () => {
  await bench.run("secrets", ["--env", "staging"]);
  const before = bench.state.secrets;
  expect((await bench.run("secrets", ["--env", "staging"])).output).toContain("ENCRYPTION_KEY  as before");
  expect(bench.state.secrets).toEqual(before);
  expect(bench.changes).toHaveLength(1);
  const given = { CLICKUP_CLIENT_ID: "id", CLICKUP_CLIENT_SECRET: "cs-value" };
  const run = await bench.run("secrets", ["--env", "staging"], given);
  expect(bench.state.secrets["staging"]).toEqual({ ...before["staging"], ...given });
  expect(run.output).not.toContain("cs-value");
});

test("keys of environments differ: another environment's and the local ones are refused", async () => {
  await bench.run("secrets", ["--env", "staging"], { ENCRYPTION_KEY: KEY });
  const shared = await bench.run("secrets", ["--env", "production"], { ENCRYPTION_KEY: KEY });
  expect(shared).toMatchObject({ status: 1, output: expect.stringContaining("is the one of staging") });
  const local = "a-local-secret-of-32-characters-or-more";
  writeFileSync(bench.file(".dev.vars"), `JWT_SECRET=${local}\n`);
  const dev = await bench.run("secrets", ["--env", "production"], { JWT_SECRET: local });
  expect(dev).toMatchObject({ status: 1, output: expect.stringContaining("local development") });
  expect(dev.output).not.toContain(local);
  expect(bench.state.secrets["production"]).toBeUndefined();
});

test.each([
  ["ENCRYPTION_KEY", "c2hvcnQ=", "32 bytes"],
  ["JWT_SECRET", "short", "32 characters"],
  ["STRIPE_SECRET_KEY", "sk_test_x1", "test key"],
  ["STRIPE_SECRET_KEY", "pk_live_x1", "sk_live_"],
])("refuses %s %s", async (name, value, message) => {
  const run = await bench.run("secrets", ["--env", "production"], { [name]: value });
  expect(run).toMatchObject({ status: 1, output: expect.stringContaining(message) });
  expect(bench.state.secrets["production"]).toBeUndefined();
});

test("a live Stripe key stays out of staging", async () => {
  const run = await bench.run("secrets", ["--env", "staging"], { STRIPE_SECRET_KEY: "sk_live_x1" });
  expect(run.status).toBe(1);
});

describe("replacing a key", () => {
  test("needs the present one, so that what it sealed stays readable", async () => {
    await bench.run("secrets", ["--env", "production"], { ENCRYPTION_KEY: KEY });
    const args = ["--env", "production", "--replace", "ENCRYPTION_KEY"];
    expect((await bench.run("secrets", args)).output).toContain("ENCRYPTION_KEYS_PREVIOUS");
    const run = await bench.run("secrets", args, { ENCRYPTION_KEYS_PREVIOUS: KEY });
    expect(run.status).toBe(0);
    const { ENCRYPTION_KEY, ENCRYPTION_KEYS_PREVIOUS } = bench.state.secrets["production"] ?? {};
    expect(ENCRYPTION_KEYS_PREVIOUS).toBe(KEY);
    expect(ENCRYPTION_KEY).not.toBe(KEY);
  });

  test("generated values can be kept once, in a file for the operator alone", async () => {
    const file = bench.file("keys.env");
    await bench.run("secrets", ["--env", "production", "--save-to", file]);
    expect(readFileSync(file, "utf8")).toContain(
      `ENCRYPTION_KEY=${bench.state.secrets["production"]?.["ENCRYPTION_KEY"]}`,
    );
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const again = await bench.run("secrets", ["--env", "staging", "--save-to", file]);
    expect(again).toMatchObject({ status: 1, output: expect.stringContaining("is there already") });
    expect(bench.state.secrets["staging"]).toBeUndefined();
  });
});

test("a key's fingerprint is the key id that vault envelopes carry", () => {
  // As `openKeyring` names it: the first 4 bytes of SHA-256("kid" + key).
  expect(fingerprint("ENCRYPTION_KEY", "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=")).toBe("a2f9c922");
  expect(fingerprint("JWT_SECRET", "test-jwt-secret-of-at-least-32-bytes!")).toBe("df01cd2b");
});
