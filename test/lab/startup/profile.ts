/** Reading a CPU profile of the Worker's start, and holding it to the budget. */

/** Cloudflare's limit on the start of a Worker: developers.cloudflare.com/workers/platform/limits. */
const LIMIT_MS = 1_000;
/** Ours. The median of the runs is held to it. */
export const BUDGET_MS = 400;

/** As V8 writes it; the parts that are used. */
export interface CpuProfile {
  nodes: { id: number; callFrame: { functionName: string } }[];
  /** Node of each sample. */
  samples: number[];
  /** µs from the sample before to this one. */
  timeDeltas: number[];
}

/** Sampled time without idling, in ms: running, compiling and garbage collection. @throws Error when nothing was sampled */
export function activeCpu_ms(profile: CpuProfile): number {
  if (profile.samples.length === 0) throw new Error("the profile holds no samples");
  const idle = new Set(
    profile.nodes.filter(({ callFrame }) => callFrame.functionName === "(idle)").map(({ id }) => id),
  );
  const active_us = profile.timeDeltas.reduce(
    (sum, delta_us, i) => (idle.has(profile.samples[i] ?? -1) ? sum : sum + delta_us),
    0,
  );
  return active_us / 1_000;
}

/** What to print of an odd number of runs, and whether their median is within the budget. */
export function verdict(runs_ms: readonly number[]): { lines: string[]; within: boolean } {
  const sorted = runs_ms.toSorted((a, b) => a - b);
  const median_ms = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const within = median_ms <= BUDGET_MS;
  const range = `${sorted[0]?.toFixed(0)}-${sorted.at(-1)?.toFixed(0)}`;
  return {
    lines: [
      `start-up of the production bundle: ${median_ms.toFixed(0)} ms of active CPU (median of ${runs_ms.length} runs, ${range})`,
      `our budget ${BUDGET_MS} ms, Cloudflare's limit ${LIMIT_MS} ms; measured on this machine, sampled every ms`,
      ...(within ? [] : ["over budget"]),
    ],
    within,
  };
}
