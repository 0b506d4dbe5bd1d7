/**
 * The real object, reached over HTTP, lives through drawn sequences of calls and faults beside a model (`world.ts`).
 * Whatever happens: every answered call is in the record once and with its end, the sequence has no gap, the chain of
 * batches holds, the limit is exact, an alarm is set while events wait, sessions are kept. `FAULT_RUNS` sets how many
 * sequences are lived (the long measure: `FAULT_RUNS=1000`), `FAULT_SEED` which.
 */
import { env } from "cloudflare:workers";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { MIGRATIONS } from "../../migrations/index.ts";
import { R2Faults } from "./r2-faults.ts";
import { LIMIT, World, type CallKind } from "./world.ts";

const vars = env as unknown as Record<string, string | undefined>;
const RUNS = Number(vars["FAULT_RUNS"] ?? "60");
const seed = vars["FAULT_SEED"];

type Step =
  | { do: "calls"; kind: CallKind; count: number }
  | { do: "openSession" }
  | { do: "callInSession"; back: number }
  | { do: "accountEvent" }
  | { do: "flush"; failure: "none" | "before" | "after" }
  | { do: "dieInFlush" }
  | { do: "dieInCall" }
  | { do: "evict" }
  | { do: "die" }
  | { do: "alarm" }
  | { do: "r2"; down: boolean }
  | { do: "wait"; ms: number }
  | { do: "setClock"; by_ms: number };

const record = <T extends Step["do"]>(
  name: T,
  rest: { [K in keyof Omit<Extract<Step, { do: T }>, "do">]: fc.Arbitrary<Extract<Step, { do: T }>[K]> },
): fc.Arbitrary<Step> => fc.record({ do: fc.constant(name), ...rest }) as unknown as fc.Arbitrary<Step>;

const kinds = fc.constantFrom<CallKind>("list", "list", "read", "write", "unknown_tool", "premium");
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: record("calls", { kind: kinds, count: fc.constant(1) }) },
  { weight: 4, arbitrary: record("calls", { kind: kinds, count: fc.integer({ min: 2, max: LIMIT + 3 }) }) },
  { weight: 1, arbitrary: record("openSession", {}) },
  { weight: 2, arbitrary: record("callInSession", { back: fc.nat(3) }) },
  { weight: 2, arbitrary: record("accountEvent", {}) },
  { weight: 5, arbitrary: record("flush", { failure: fc.constantFrom("none", "before", "after") }) },
  { weight: 1, arbitrary: record("dieInFlush", {}) },
  { weight: 1, arbitrary: record("dieInCall", {}) },
  { weight: 2, arbitrary: record("evict", {}) },
  { weight: 2, arbitrary: record("die", {}) },
  { weight: 2, arbitrary: record("alarm", {}) },
  { weight: 1, arbitrary: record("r2", { down: fc.boolean() }) },
  { weight: 4, arbitrary: record("wait", { ms: fc.integer({ min: 1, max: 90_000 }) }) },
  { weight: 1, arbitrary: record("wait", { ms: fc.integer({ min: 3_600_000, max: 86_400_000 }) }) },
  { weight: 2, arbitrary: record("setClock", { by_ms: fc.integer({ min: -7_200_000, max: -1 }) }) },
  { weight: 1, arbitrary: record("setClock", { by_ms: fc.integer({ min: 1, max: 7_200_000 }) }) },
);

/** The shape of the database at the start: half of the time one of an older version, with data. */
const version = fc.option(fc.integer({ min: 1, max: MIGRATIONS.length }), { nil: null });

async function take(world: World, step: Step): Promise<void> {
  switch (step.do) {
    case "calls":
      return world.calls(step.kind, step.count);
    case "callInSession":
      return world.callInSession(step.back);
    case "flush":
      return world.flush(step.failure);
    case "r2":
      return world.setR2(step.down);
    case "wait":
      return world.wait(step.ms);
    case "setClock":
      return world.setClock(step.by_ms);
    case "accountEvent":
    case "alarm":
    case "die":
    case "dieInCall":
    case "dieInFlush":
    case "evict":
    case "openSession":
      return world[step.do]();
  }
}

beforeAll(() => {
  vars["FREE_REQUESTS_PER_MINUTE"] = String(LIMIT);
});
afterAll(() => {
  delete vars["FREE_REQUESTS_PER_MINUTE"];
  vi.useRealTimers();
  vi.restoreAllMocks();
});

test(
  `${RUNS} lives of an object under faults keep every promise`,
  { timeout: 60_000 + RUNS * 2_000 },
  async () => {
    const r2 = R2Faults.install();
    const quiet = vi.spyOn(console, "error").mockImplementation(() => undefined);
    let runs = 0;
    let steps = 0;
    await fc.assert(
      fc.asyncProperty(version, fc.array(step, { minLength: 5, maxLength: 30 }), async (from, plan) => {
        const world = await World.begin(r2, `u_faults${++runs}`, from);
        for (const next of plan) {
          await take(world, next);
          await world.check();
          steps++;
        }
        await world.end();
      }),
      { numRuns: RUNS, ...(seed === undefined ? {} : { seed: Number(seed) }) },
    );
    expect(steps).toBeGreaterThan(RUNS * 5);
    quiet.mockRestore();
    console.log(`${runs} lives, ${steps} steps, every promise kept`);
  },
);
