/** The figures of a load run. */
import { END_WITHIN_MS } from "../proof/caller.ts";
import { MOST_GROWTH_MB, type Verdict } from "./judge.ts";
import type { MemoryWatch, Sample } from "./memory.ts";
import type { LoadUser } from "./people.ts";
import type { Traffic } from "./traffic.ts";

const PROMISES: Record<string, string> = {
  cross_talk: "answers with something of another user or session",
  wrong_answers: "answers that are not the result of their request",
  untimed_refusals: "429 or 503 that do not say how long to wait",
  cut_off: "connections that ended before the answer",
  hung: `requests without an end within ${END_WITHIN_MS / 1_000} s`,
  over_admissions: "admissions above the limit, by the record's times or the clients'",
  needless_refusals: "refusals while the window had room",
  record: "breaks in a chain in R2, and events that are not one for each answered call",
  growth: `memory still grew at rest (MB per 100,000 calls: more than ${MOST_GROWTH_MB.rss} of the process, ${MOST_GROWTH_MB.heap} of the heap)`,
};

/** @returns true when every promise was kept, in a run that could have broken them */
export function print(run: {
  people: readonly LoadUser[];
  traffic: Traffic;
  steadyCalls: number;
  steady_ms: number;
  setup_ms: number;
  started_mb: number;
  ended_mb: number;
  verdict: Verdict;
  watch: MemoryWatch;
}): boolean {
  const { people, traffic, verdict, watch } = run;
  const { burst, findings, growth } = verdict;
  const seconds = run.steady_ms / 1_000;
  const highest = Math.max(run.ended_mb, ...watch.samples.map(({ rss_mb }) => rss_mb));
  const mb = (value: number): string => `${value.toFixed(0)} MB`;
  const lines: [string, string][] = [
    [
      "users, sessions",
      `${people.length}, ${people.reduce((sum, { sessions }) => sum + sessions.length, 0)}`,
    ],
    ["signed in within", `${(run.setup_ms / 1_000).toFixed(0)} s`],
    ["calls", `${traffic.calls}, ${traffic.answered} answered, ${traffic.refused} refused`],
    ["steady load", `${(run.steadyCalls / seconds).toFixed(0)} calls/s for ${seconds.toFixed(0)} s`],
    [
      "all requests ended within",
      `${traffic.quantile_ms(0.5)} ms (half), ${traffic.quantile_ms(0.99)} ms (99 %), ${traffic.quantile_ms(1)} ms`,
    ],
    ["users over their limit", `${burst.users}; admitted in their window ${burst.least} to ${burst.most}`],
    ["pings of one user", `${traffic.pings.answered} answered, ${traffic.pings.refused} refused`],
    ["memory", `${mb(run.started_mb)} at start, ${mb(highest)} at most, ${mb(run.ended_mb)} at the end`],
    ["process, in tenths", `${tenths(watch, (s) => s.rss_mb).join(" ")} MB`],
    ["live heap, in tenths", `${tenths(watch, (s) => s.heap_mb).join(" ")} MB`],
    [
      "growth at rest",
      growth === null
        ? "not judged: the run is too short"
        : `${growth.rss.toFixed(1)} MB of the process, ${growth.heap.toFixed(1)} MB of the heap per 100,000 calls`,
    ],
  ];
  for (const [what, value] of lines) console.log(`${what.padEnd(26)} ${value}`);
  console.log("");
  let kept = true;
  for (const [promise, what] of Object.entries(PROMISES)) {
    const found = findings[promise] ?? 0;
    console.log(`${promise.padEnd(26)} ${String(found).padEnd(6)} ${what}`);
    if (found > 0) kept = false;
  }
  for (const example of traffic.examples) console.log(`  ${example}`);
  const proves = burst.users > 0 && traffic.pings.refused > 0;
  if (!proves) console.log("It proves little: nobody went over a limit.");
  console.log(kept ? "\nEvery promise was kept." : "\nA promise was broken.");
  return kept && proves;
}

/** The median of each tenth of the run, MB. */
function tenths({ samples }: MemoryWatch, of: (sample: Sample) => number): string[] {
  return Array.from({ length: 10 }, (_, i) => {
    const from = Math.floor((i * samples.length) / 10);
    const part = samples.slice(from, Math.max(from + 1, Math.floor(((i + 1) * samples.length) / 10)));
    const sorted = part.map(of).toSorted((a, b) => a - b);
    return (sorted[sorted.length >> 1] ?? 0).toFixed(0);
  });
}
