/** The reference: R2 as Miniflare has it, alone and behind the faults of the tests. */
import { env } from "cloudflare:workers";
import { afterEach, expect, test, vi } from "vitest";
import { EXPECTED, EXPECTED_FAILURES, playContract, playFailures } from "../support/r2-contract.ts";
import { R2Faults } from "./r2-faults.ts";

afterEach(() => vi.restoreAllMocks());

test("R2 is what the stand-ins are held to", async () => {
  expect(await playContract(env.AUDIT_LOGS)).toEqual(EXPECTED);
});

test("a put that is made to fail, fails as R2 does", async () => {
  const r2 = R2Faults.install();
  r2.next = ["before", "none", "after"];
  const put = (key: string) => env.AUDIT_LOGS.put(key, key, { onlyIf: { etagDoesNotMatch: "*" } });
  const stored = async (key: string) => (await env.AUDIT_LOGS.head(key)) !== null;
  expect(await playFailures(put, stored)).toEqual(EXPECTED_FAILURES);
});
