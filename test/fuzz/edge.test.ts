/**
 * Everything that can be sent to the Worker, and what it may answer: no 5xx that is not declared, no hang, no exception,
 * no stack, no secret; JSON that parses, JSON-RPC with the id that was asked; and afterwards an object that answers,
 * with a record without a gap. `npm run fuzz` does the same for longer.
 */
import { env } from "cloudflare:workers";
import type fc from "fast-check";
import { describe, expect, it } from "vitest";
import { account } from "./areas/account.ts";
import { billing } from "./areas/billing.ts";
import { http } from "./areas/http.ts";
import { oauth } from "./areas/oauth.ts";
import { rpcMessages } from "./areas/rpc.ts";
import { sessions } from "./areas/sessions.ts";
import { toolCalls } from "./areas/tools.ts";
import type { Case } from "./case.ts";
import { answerFaults } from "./oracle.ts";
import { runArea, tryCase } from "./run.ts";
import { World } from "./world.ts";

const vars = env as unknown as { FUZZ_RUNS?: string; FUZZ_SEED?: string; FUZZ_CASE?: string };
const RUNS = Number(vars.FUZZ_RUNS ?? 60);
const SEED = Number(vars.FUZZ_SEED ?? 20_261_123);
/** A tool call takes many times as long as a request that is refused. */
const SHARE: Record<string, number> = { tools: 0.5 };
const AREAS: Record<string, fc.Arbitrary<Case>> = {
  http,
  "json-rpc": rpcMessages,
  tools: toolCalls,
  oauth,
  sessions,
  account,
  billing,
};

describe.runIf(vars.FUZZ_CASE === undefined)("the edge", () => {
  it.each(Object.entries(AREAS))("%s", { timeout: 1_800_000 }, async (area, cases) => {
    const runs = Math.ceil(RUNS * (SHARE[area] ?? 1));
    const tally = await runArea(await World.open(), area, cases, { runs, seed: SEED });
    // Most cases are to get past the first check of their kind.
    expect(tally.cases - tally.unsendable).toBeGreaterThan(runs / 2);
    console.info(`fuzz ${JSON.stringify(tally)}`);
  });
});

describe.runIf(vars.FUZZ_CASE !== undefined)("one case", () => {
  it("again", { timeout: 120_000 }, async () => {
    const one = JSON.parse(vars.FUZZ_CASE ?? "") as Case;
    const world = await World.open();
    const tally = { area: "one case", cases: 0, unsendable: 0, statuses: {} };
    expect([...(await tryCase(world, one, tally)), ...(await world.faults())]).toEqual([]);
    expect(tally.unsendable).toBe(0);
  });
});

describe("the oracle", () => {
  const one: Case = { method: "POST", path: "/mcp", headers: [] };
  const sent = { body: '{"jsonrpc":"2.0","id":1,"method":"x"}' };
  const json = (text: string, status = 200) =>
    answerFaults(one, sent, { status, type: "application/json", text });

  it("sees what it is there for", () => {
    expect(json('{"jsonrpc":"2.0","id":1,"result":{}}')).toEqual([]);
    expect(json('{"jsonrpc":"2.0","id":2,"result":{}}')).toHaveLength(1);
    expect(json('{"jsonrpc":"2.0","id":1}')).toHaveLength(1);
    expect(json('{"jsonrpc":"2.0","id":1,"res')).toHaveLength(1);
    expect(json('{"error":"internal_error"}', 500)).toHaveLength(1);
    expect(json('{"error":"x","message":"at f (/a/b.ts:1:2)"}', 400)).toHaveLength(1);
    expect(json('{"jsonrpc":"2.0","id":1,"result":{"structuredContent":{"a":"\u202E"}}}')).toHaveLength(1);
    const login: Case = { method: "POST", path: "/auth/login", headers: [] };
    const unavailable = { status: 503, type: "text/html", text: "" };
    expect(answerFaults(login, sent, unavailable)).toHaveLength(1);
    expect(answerFaults({ ...login, fault: "500" }, sent, unavailable)).toEqual([]);
  });
});
