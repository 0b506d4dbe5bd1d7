/** A load run's findings, promise by promise. */
import { mostWithin, needlessRefusals, overAdmitted, WINDOW_MS } from "../proof/windows.ts";
import { growth_mb, type Sample } from "./memory.ts";
import type { LoadUser } from "./people.ts";
import type { RecordKeeper } from "./record.ts";
import type { Traffic } from "./traffic.ts";

export interface Verdict {
  /** Number of findings by promise. */
  findings: Record<string, number>;
  /** Admitted requests in the window of each refused burst: the least and the most. */
  burst: { users: number; least: number; most: number };
  /** MB per 100,000 calls at rest; null: the run was too short to tell. */
  growth: Record<keyof typeof MOST_GROWTH_MB, number> | null;
}

/**
 * Accepted growth at rest, MB per 100,000 calls. A call that leaves 200 bytes behind shows as 19 MB of the process,
 * one that leaves 50 bytes of JavaScript as 5 MB of the heap. The allocator keeps what it once had: less is noise.
 */
export const MOST_GROWTH_MB = { rss: 15, heap: 4 } as const;
/** A journal row is used again after the flush that follows its minute, two minutes at most: until then there are more. */
const REST_AFTER_MS = 135_000;
const REST_SHARE = 0.4;
const LEAST_SAMPLES = 12;

export function judge(run: {
  people: readonly LoadUser[];
  bursting: readonly LoadUser[];
  traffic: Traffic;
  record: RecordKeeper;
  limit: number;
  samples: readonly Sample[];
}): Verdict {
  const { traffic, record, limit, samples } = run;
  const findings = { ...traffic.faults, over_admissions: 0, needless_refusals: 0, record: 0, growth: 0 };
  for (const { userId, answered, refused } of run.people) {
    const { chain, times_ms, requests } = record.of(userId);
    findings.over_admissions +=
      overAdmitted(times_ms, limit).length + Math.max(0, mostWithin(answered) - limit);
    findings.needless_refusals += needlessRefusals(refused, times_ms, limit).length;
    findings.record += chain.problems.length + Math.abs(requests - answered.length);
  }
  // Ten times as many pings as requests are admitted; they were sent within a window.
  findings.over_admissions += Math.max(0, traffic.pings.answered - limit * 10);
  const bursts = run.bursting.flatMap(({ userId, refused }) =>
    refused.map(({ ended_ms }) => within(record.of(userId).times_ms, ended_ms)),
  );
  const rest = atRest(samples);
  const growth =
    rest.length < LEAST_SAMPLES
      ? null
      : { rss: growth_mb(rest, (s) => s.rss_mb), heap: growth_mb(rest, (s) => s.heap_mb) };
  if (growth !== null)
    findings.growth = Number(growth.rss > MOST_GROWTH_MB.rss) + Number(growth.heap > MOST_GROWTH_MB.heap);
  return {
    findings,
    burst: {
      users: run.bursting.filter(({ refused }) => refused.length > 0).length,
      least: Math.min(...bursts),
      most: Math.max(...bursts),
    },
    growth,
  };
}

/** What was read once every user's rows had been used again, and the first part of a long run was over. */
function atRest(samples: readonly Sample[]): readonly Sample[] {
  const from_ms = (samples[0]?.at_ms ?? 0) + REST_AFTER_MS;
  const byTime = samples.findIndex(({ at_ms }) => at_ms >= from_ms);
  return byTime < 0 ? [] : samples.slice(Math.max(byTime, Math.floor(samples.length * REST_SHARE)));
}

/** Times in the window that ends at a moment. */
function within(times_ms: readonly number[], end_ms: number): number {
  return times_ms.filter((t_ms) => t_ms > end_ms - WINDOW_MS && t_ms <= end_ms).length;
}
