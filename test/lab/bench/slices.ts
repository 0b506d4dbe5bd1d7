/** Interleaved slices: every case has its turn in every round, so that a busy machine disturbs all alike. */
import { readdirSync, readFileSync } from "node:fs";
import type { Case, CaseName } from "./cases.ts";
import { load, once } from "./load.ts";

export interface Spread {
  median: number;
  min: number;
  max: number;
}

export interface Measured {
  name: CaseName;
  what: string;
  /** CPU of the workerd process per request, µs. */
  cpu_us: Spread;
  requests_per_s: Spread;
  p50_ms: Spread;
  slices: { cpu_us: number; requests_per_s: number; p50_ms: number }[];
}

export interface SliceOptions {
  rounds: number;
  seconds: number;
  connections: number;
}

/** Of a slice, before it. */
const WARM_SHARE = 0.2;
/** Before the first slice: what is hot is compiled by then. */
const FIRST_S = 1;

/** CPU time of a process so far, seconds: of the threads it has, by the scheduler's clock (Linux), which counts ns. */
export function cpuSeconds(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`);
  const spent_ns = threads.map((thread) =>
    Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ")[0]),
  );
  return spent_ns.reduce((all, one) => all + one, 0) / 1e9;
}

export async function measureSlices(
  pid: number,
  cases: readonly Case[],
  options: SliceOptions,
): Promise<Measured[]> {
  const slices = new Map<CaseName, Measured["slices"]>(cases.map((c) => [c.name, []]));
  // A pass that is thrown away.
  for (const one of cases) await load(one.prepared, { ...options, seconds: FIRST_S, expect: one.expect });
  for (let round = 0; round < options.rounds; round++) {
    const turn = cases.map((_, i) => cases[(i + round) % cases.length]).filter((c) => c !== undefined);
    for (const one of turn) {
      // A round is shorter than the 10 s after which workerd evicts an idle object: with longer ones, a slice pays for
      // the eviction of whose turn was before. A first call is measured by itself.
      await once(one.prepared, one.expect);
      await load(one.prepared, { ...options, seconds: options.seconds * WARM_SHARE, expect: one.expect });
      const before = cpuSeconds(pid);
      const result = await load(one.prepared, { ...options, expect: one.expect });
      slices.get(one.name)?.push({
        cpu_us: ((cpuSeconds(pid) - before) / result.requests) * 1e6,
        requests_per_s: result.requests / result.seconds,
        p50_ms: spread(result.latencies).median,
      });
    }
  }
  return cases.map(({ name, what }) => {
    const own = slices.get(name) ?? [];
    return {
      name,
      what,
      cpu_us: spread(own.map((s) => s.cpu_us)),
      requests_per_s: spread(own.map((s) => s.requests_per_s)),
      p50_ms: spread(own.map((s) => s.p50_ms)),
      slices: own,
    };
  });
}

/** One case beside another of the run: the median over the rounds, in each of which both had the same machine. */
export function ratio(of: Measured, to: Measured, what: "cpu_us" | "requests_per_s"): number {
  const rounds = of.slices.flatMap((slice, round) => {
    const other = to.slices[round];
    return other === undefined ? [] : [slice[what] / other[what]];
  });
  return spread(rounds).median;
}

export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median =
    sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
  return { median, min: sorted[0] ?? 0, max: sorted.at(-1) ?? 0 };
}
