/** The goals, as ratios within one run: they hold on a slow and on a busy machine alike. */
import type { CaseName } from "./cases.ts";
import type { ColdStart } from "./cold.ts";
import { ratio, type Measured } from "./slices.ts";

export interface Goal {
  what: string;
  value: number;
  goal: string;
  met: boolean;
}

/** @param measured cases of one run, on tmpfs */
export function goalsOf(measured: readonly Measured[], cold: ColdStart | null): Goal[] {
  const cpu = (a: CaseName, b: CaseName): number => between(measured, a, b, "cpu_us");
  const most = (what: string, value: number, limit: number): Goal => ({
    what,
    value,
    goal: `≤ ${limit}`,
    met: value <= limit,
  });
  const least = (what: string, value: number, limit: number): Goal => ({
    what,
    value,
    goal: `≥ ${limit}`,
    met: value >= limit,
  });
  const goals = [
    most("tools/call, OAuth, all in ÷ echo (CPU)", cpu("call_oauth", "echo"), 2.5),
    least(
      "tools/call, OAuth, all in ÷ McpAgent (throughput)",
      between(measured, "call_oauth", "mcp_agent", "requests_per_s"),
      3,
    ),
    most("our dispatch ÷ SDK server per request (CPU)", cpu("our_dispatch", "sdk_call"), 0.25),
    most("tools/list (72) ÷ echo (CPU)", cpu("list_oauth", "echo"), 1.3),
  ];
  if (cold !== null) {
    goals.push(
      most("first call after eviction ÷ warm call (wall)", cold.first_ms.median / cold.warm_ms.median, 5),
      most("objects with an idle stream that were not evicted", cold.streams - cold.streamsEvicted, 0),
    );
  }
  return goals.filter((goal) => !Number.isNaN(goal.value));
}

/** NaN where the run has not both. */
function between(
  measured: readonly Measured[],
  a: CaseName,
  b: CaseName,
  what: Parameters<typeof ratio>[2],
): number {
  const of = (name: CaseName): Measured | undefined => measured.find((m) => m.name === name);
  const [one, other] = [of(a), of(b)];
  return one === undefined || other === undefined ? Number.NaN : ratio(one, other, what);
}

/** Without a goal, for reading the table: how far ours is from what cannot be avoided. */
export function remarks(measured: readonly Measured[]): [string, number][] {
  const pairs: [string, CaseName, CaseName][] = [
    ["the hop and rows of a tools/call ÷ echo", "floor", "echo"],
    ["tools/call, OAuth ÷ the hop and rows", "call_oauth", "floor"],
    ["the same, ClickUp a request of its own", "call_oauth_fetch", "floor_fetch"],
    ["the hop and rows with headers, log line and batches ÷ echo", "recorded", "echo"],
    ["tools/call, OAuth ÷ the hop and rows with headers, log line and batches", "call_oauth", "recorded"],
    ["hop, row and bytes of a tools/list ÷ echo", "floor_list", "echo"],
    ["the same with headers, log line and batches ÷ echo", "recorded_list", "echo"],
    [
      "tools/list ÷ its hop, row and bytes, with headers, log line and batches",
      "list_oauth",
      "recorded_list",
    ],
    ["tools/call, OAuth ÷ SDK server per request without object, token or record", "call_oauth", "sdk_call"],
    ["tools/call, OAuth ÷ McpAgent", "call_oauth", "mcp_agent"],
    ["tools/list ÷ SDK server per request", "list_oauth", "sdk_list"],
    ["workers-oauth-provider before the echo ÷ echo", "oauth_echo", "echo"],
  ];
  return pairs
    .map(([what, a, b]): [string, number] => [what, between(measured, a, b, "cpu_us")])
    .filter(([, value]) => !Number.isNaN(value));
}
