/**
 * Billing is a list of behaviours, each with a code: C checkout, R return page, W webhook, O order of events, L life of
 * a subscription, E entitlement, A operator, X held against Stripe's own parts, S Stripe as it is. Each has a test named by its code.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const TESTS = join(import.meta.dirname, "..");
const COUNTS = { C: 9, R: 4, W: 13, O: 8, L: 16, E: 6, A: 6, X: 4, S: 16 };
const CODES = Object.entries(COUNTS).flatMap(([letter, count]) =>
  Array.from({ length: count }, (_, i) => `${letter}${i + 1}`),
);

/** Codes at the beginning of the names of tests and their groups, by file. */
const named = new Map<string, Set<string>>();
for (const file of readdirSync(TESTS, { recursive: true, encoding: "utf8" })) {
  if (!file.endsWith(".test.ts")) continue;
  const source = readFileSync(join(TESTS, file), "utf8");
  for (const [, codes = ""] of source.matchAll(/\(\s*["'`]((?:[CRWOLEAXS]\d{1,2} )+)/g)) {
    for (const code of codes.trim().split(" ")) named.set(code, (named.get(code) ?? new Set()).add(file));
  }
}

test("every behaviour of billing has a test with its code", () => {
  expect(CODES).toHaveLength(82);
  expect(CODES.filter((code) => !named.has(code))).toEqual([]);
});

test("no test has a code that is none", () => {
  expect([...named.keys()].filter((code) => !CODES.includes(code))).toEqual([]);
});
