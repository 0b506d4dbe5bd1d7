/** The figures of a run, and whether its promises were kept. */
import type { Findings } from "../proof/check.ts";
import { findingsText } from "../proof/findings.ts";
import type { Client } from "./client.ts";
import type { Call, Evidence } from "../proof/history.ts";
import type { World } from "./world.ts";

export function figures(
  seed: string,
  evidence: Evidence,
  clients: readonly Client[],
  { killer, r2 }: Pick<World, "killer" | "r2">,
  drained: string,
): void {
  const count = (end: Call["end"]): number => evidence.calls.filter((call) => call.end === end).length;
  const restarts = killer.restarts_ms.toSorted((a, b) => a - b);
  const ends = Object.groupBy(r2.attempts, ({ end }) => end);
  const when = Object.entries(killer.kills).map(([moment, n]) => `${n} ${moment}`);
  const lines: [string, string | number][] = [
    ["seed", seed],
    ["users, clients", `${evidence.users.length}, ${clients.length}`],
    ["kills", `${killer.count} (${when.join(", ")})`],
    ["restart, median", `${(restarts[restarts.length >> 1] ?? 0).toFixed(0)} ms`],
    ["calls answered", count("answered")],
    ["calls refused with 429", count("refused")],
    ["calls cut off", count("unanswered")],
    ["found nobody listening", clients.reduce((sum, { caller }) => sum + caller.unsent, 0)],
    ["sessions, kills outlived", `${sessions(clients)}, at most ${outlived(clients)}`],
    ["tasks made in ClickUp", [...evidence.made.values()].reduce((a, b) => a + b, 0)],
    ["batches in R2", r2.objects.size],
    [
      "puts",
      Object.entries(ends)
        .map(([end, all]) => `${all.length} ${end}`)
        .join(", "),
    ],
    ["outboxes drained by", drained],
  ];
  for (const [what, value] of lines) console.log(`${what.padEnd(26)} ${value}`);
}

/** Prints what was found. @returns true when every promise was kept, in a run that could have broken them */
export function verdict(findings: Findings, evidence: Evidence, clients: readonly Client[]): boolean {
  const { text, kept } = findingsText(findings);
  console.log(`\n${text}`);
  return kept && provesSomething(evidence, clients);
}

/** A run in which nothing went wrong outside proves nothing about what then happens. */
function provesSomething({ calls }: Evidence, clients: readonly Client[]): boolean {
  const seen = new Set(calls.map(({ end }) => end));
  const missing = (["answered", "refused", "unanswered"] as const).filter((end) => !seen.has(end));
  if (missing.length === 0 && outlived(clients) > 0) return true;
  console.log(
    `It proves little: no call was ${missing.join(" or ")}, or no session saw a kill. Let it run longer.`,
  );
  return false;
}

function sessions(clients: readonly Client[]): number {
  return clients.reduce((sum, client) => sum + client.opened, 0);
}

function outlived(clients: readonly Client[]): number {
  return Math.max(...clients.map((client) => client.outlived));
}
