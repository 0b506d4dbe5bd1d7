/** The parts of the operator's scripts that are plain functions. */
import { describe, expect, test } from "vitest";
import { callOf, merge } from "../../../scripts/ops/admin-commands.ts";
import { BUDGET_BYTES, report } from "../../../scripts/ops/build.ts";
import { inWords, serves } from "../../../scripts/ops/health.ts";
import { userOfToken } from "../../../scripts/ops/smoke.ts";
import { facts, table } from "../../../scripts/ops/table.ts";

describe("admin words", () => {
  test("become commands", () => {
    expect(callOf(["inspect", "u_x"], {})).toEqual({
      command: "inspect",
      input: { user: "u_x" },
      sweep: false,
    });
    expect(callOf(["audit", "u_x"], { date: "2026-11-23", verify: true }).input).toEqual({
      user: "u_x",
      date: "2026-11-23",
      verify: true,
    });
    expect(callOf(["billing", "grant", "u_x"], { until: "never" }).input["until"]).toBeNull();
    expect(callOf(["billing", "resync", "all"], { "dry-run": true })).toEqual({
      command: "billing/drift",
      input: { mend: false },
      sweep: true,
    });
    expect(callOf(["billing", "replay"], { undelivered: true, since: "2026-11-20" })).toEqual({
      command: "billing/undelivered",
      input: { since: "2026-11-20" },
      sweep: true,
    });
    expect(callOf(["billing", "end", "u_x"], { subscription: "sub_1" }).input).toEqual({
      user: "u_x",
      subscription: "sub_1",
      refund: false,
    });
    expect(callOf(["keys", "rotate"], {})).toMatchObject({ command: "keys/rotate", sweep: true });
  });

  test.each([
    [[]],
    [["inspect"]],
    [["keys", "show"]],
    [["billing"]],
    [["drop"]],
    [["revoke", "u_x"]],
    [["billing", "end", "u_x"]],
    [["billing", "replay"]],
  ])("refuses %j", (words) => {
    expect(() => callOf(words, {})).toThrow();
  });

  test("pages of a sweep add up", () => {
    const one = { inUse: { a: 1 }, users: 2, drift: [1], next: "c", configured: { k: "a" } };
    const two = { inUse: { a: 2, b: 1 }, users: 3, drift: [2], next: null, configured: { k: "a" } };
    expect(merge(merge({}, one), two)).toEqual({
      inUse: { a: 3, b: 1 },
      users: 5,
      drift: [1, 2],
      configured: { k: "a" },
    });
  });
});

describe("tables", () => {
  test("align, show moments, and leave empty columns out", () => {
    const rows = [
      { id: "a", seen_ms: Date.parse("2026-11-23T10:00:00Z"), none: null },
      { id: "long", seen_ms: null, none: null },
    ];
    expect(table(rows)).toBe("  id    seen_ms\n  a     2026-11-23T10:00:00Z\n  long");
    expect(table([])).toBe("  none");
    expect(facts({ ms: 5, retry_ms: 20, list: [{ x: 1 }] })).toBe(
      "ms        5\nretry_ms  20\nlist\n  x\n  1",
    );
  });
});

describe("build report", () => {
  const size = (raw_bytes: number) => ({ raw_bytes, gzip_bytes: 1, parts: [{ name: "zod", bytes: 10 }] });

  test("names what dominates, and fails above the limit", () => {
    expect(report(size(1_000_000)).join("\n")).toContain("zod");
    expect(report(size(BUDGET_BYTES)).at(-1)).not.toContain("Over");
    expect(report(size(BUDGET_BYTES + 100_000)).at(-1)).toContain("Over the budget by 100 KB");
    expect(() => report(size(2_000_001))).toThrow("larger than");
  });
});

test("what /health says, in words; degraded serves", () => {
  const at = { environment: "staging", version: "1", timestamp: "" };
  const billing = { state: "ready", api: "answers", webhook: "missing" };
  expect(inWords({ ...at, status: "healthy", billing })).toBe("healthy");
  expect(inWords({ ...at, status: "degraded", billing })).toContain("webhook missing");
  expect(inWords({ ...at, status: "misconfigured", misconfigured: ["A", "B"] })).toBe("misconfigured: A, B");
  expect([serves({ ...at, status: "degraded" }), serves({ ...at, status: "misconfigured" })]).toEqual([
    true,
    false,
  ]);
});

test("a token names its user", () => {
  const payload = Buffer.from(JSON.stringify({ sub: "u_abc" })).toString("base64url");
  expect(userOfToken(`eyJh.${payload}.x`)).toBe("u_abc");
  expect(userOfToken("u_aaaaaaaaaaaaaaaaaaaa:grant:secret")).toBe("u_aaaaaaaaaaaaaaaaaaaa");
  expect(userOfToken("pk_1")).toBeUndefined();
});
