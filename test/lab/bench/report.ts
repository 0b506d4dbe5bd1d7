/** A run as text for people. */
import { cpus, release, totalmem } from "node:os";
import { goalsOf, remarks } from "./goals.ts";
import type { ColdStart } from "./cold.ts";
import type { Growth } from "./growth.ts";
import { ratio, type Measured, type Spread } from "./slices.ts";

export interface BenchRun {
  machine: string;
  rounds: number;
  seconds: number;
  connections: number;
  tmpfs: Measured[];
  disk: Measured[];
  cold: ColdStart | null;
  growth: Growth[];
}

export function machine(): string {
  const [cpu] = cpus();
  const gib = Math.round(totalmem() / 2 ** 30);
  return `${cpus().length} × ${cpu?.model.trim() ?? "unknown CPU"}, ${gib} GiB, Linux ${release()}`;
}

/** Markdown, which reads well on a terminal too. */
export function reportText(run: BenchRun): string {
  const parts = [
    `Machine: ${run.machine}. ${run.rounds} interleaved slices of ${run.seconds} s a case, ${run.connections} connections, each after a short run that is not counted; client and server share the machine. Median (min–max).`,
    table("Storage on tmpfs", run.tmpfs),
  ];
  if (run.disk.length > 0) parts.push(table("Storage on the disk", run.disk));
  parts.push(
    rows(
      ["goal", "value", "limit", ""],
      goalsOf(run.tmpfs, run.cold).map((g) => [
        g.what,
        g.value.toFixed(2),
        g.goal,
        g.met ? "met" : "NOT met",
      ]),
    ),
    rows(
      ["for comparison", "CPU ratio"],
      remarks(run.tmpfs).map(([what, value]) => [what, value.toFixed(2)]),
    ),
  );
  if (run.cold !== null) {
    const { first_ms, warm_ms, evicted, objects, streams, streamsEvicted } = run.cold;
    parts.push(
      `First call after eviction ${ms(first_ms)} ms, warm call ${ms(warm_ms)} ms (${evicted} of ${objects} objects had been evicted). Objects with an idle stream that were evicted under it: ${streamsEvicted} of ${streams}.`,
    );
  }
  return `${parts.join("\n\n")}\n`;
}

function table(title: string, measured: readonly Measured[]): string {
  const echo = measured.find((m) => m.name === "echo");
  return rows(
    [title, "CPU µs/request", "× echo", "requests/s", "p50 ms"],
    measured.map((m) => [
      m.what,
      range(m.cpu_us),
      echo === undefined ? "" : ratio(m, echo, "cpu_us").toFixed(2),
      range(m.requests_per_s),
      m.p50_ms.median.toFixed(1),
    ]),
  );
}

function rows(head: string[], body: string[][]): string {
  const widths = head.map((h, i) => Math.max(h.length, ...body.map((r) => r[i]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((c, i) => (i === 0 ? c.padEnd(widths[i] ?? 0) : c.padStart(widths[i] ?? 0))).join(" | ")} |`;
  const rule = `| ${widths.map((w, i) => (i === 0 ? "-".repeat(w) : `${"-".repeat(Math.max(1, w - 1))}:`)).join(" | ")} |`;
  return [line(head), rule, ...body.map(line)].join("\n");
}

const range = ({ median, min, max }: Spread): string =>
  `${median.toFixed(0)} (${min.toFixed(0)}–${max.toFixed(0)})`;
const ms = ({ median, min, max }: Spread): string =>
  `${median.toFixed(1)} (${min.toFixed(1)}–${max.toFixed(1)})`;
