/** Memory of a process over a run, and whether it still grows when it should be at rest. */
import { readFileSync } from "node:fs";

export interface Sample {
  calls: number;
  rss_mb: number;
}

const EVERY_MS = 500;
const MB = 1024 * 1024;

/** Resident memory now, MB. Of Linux. */
export function rss_mb(pid: number): number {
  const kilobytes = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return (Number(kilobytes) * 1024) / MB;
}

export class MemoryWatch {
  readonly samples: Sample[] = [];
  readonly #timer: ReturnType<typeof setInterval>;

  /** @param calls so far */
  constructor(pid: number, calls: () => number) {
    this.#timer = setInterval(() => this.samples.push({ calls: calls(), rss_mb: rss_mb(pid) }), EVERY_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}

/**
 * Growth by the least squares line, MB per 100,000 calls.
 * @param samples of the time at rest
 */
export function growth_mb(samples: readonly Sample[]): number {
  const n = samples.length;
  const mean = (of: (sample: Sample) => number): number => samples.reduce((sum, s) => sum + of(s), 0) / n;
  const [calls, rss] = [mean((s) => s.calls), mean((s) => s.rss_mb)];
  let [covariance, variance] = [0, 0];
  for (const sample of samples) {
    covariance += (sample.calls - calls) * (sample.rss_mb - rss);
    variance += (sample.calls - calls) ** 2;
  }
  return variance === 0 ? 0 : (covariance / variance) * 100_000;
}
