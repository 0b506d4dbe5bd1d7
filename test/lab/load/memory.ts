/**
 * Memory of the server over a run, and whether it still grows when it should be at rest. A heap between two
 * collections is a saw-tooth higher than any leak one could find in minutes, so V8 collects before each reading.
 */
import { readFileSync } from "node:fs";
import { heapAfterCollection } from "../workerd/inspector.ts";
import type { Workerd } from "../workerd/serve.ts";

export interface Sample {
  at_ms: number;
  calls: number;
  /** Of the whole process: SQLite's pages, the runtime's records, and the heap. */
  rss_mb: number;
  /** Live objects of the product's isolate. */
  heap_mb: number;
}

/** The Workers that stand in for ClickUp and KV. */
export const NEIGHBOURS = ["clickup", "stores"] as const;
const EVERY_MS = 3_000;
const MB = 1024 * 1024;

/** Resident memory now, MB. Of Linux. */
export function rss_mb(pid: number): number {
  const kilobytes = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return (Number(kilobytes) * 1024) / MB;
}

type Server = Pick<Workerd, "pid" | "inspector" | "origins">;

export class MemoryWatch {
  readonly samples: Sample[] = [];
  readonly #watching: Promise<void>;
  #stop: () => void = () => undefined;

  /**
   * @param server its process, the address of its inspector, and where the product and its neighbours are reached
   * @param calls so far
   */
  constructor(server: Server, calls: () => number) {
    const stopped = new Promise<"stop">((resolve) => {
      this.#stop = () => resolve("stop");
    });
    this.#watching = this.#watch(server, calls, stopped);
  }

  /** @returns when the last reading is done. @throws Error when the inspector did not answer */
  stop(): Promise<void> {
    this.#stop();
    return this.#watching;
  }

  async #watch(
    { pid, inspector = "", origins }: Server,
    calls: () => number,
    stopped: Promise<"stop">,
  ): Promise<void> {
    const heapOf = (worker: string): Promise<number> =>
      heapAfterCollection(inspector, worker, origins[worker] ?? "");
    for (;;) {
      // The neighbours' garbage is memory of the same process.
      for (const neighbour of NEIGHBOURS) await heapOf(neighbour);
      const heap_mb = (await heapOf("product")) / MB;
      this.samples.push({ at_ms: Date.now(), calls: calls(), rss_mb: rss_mb(pid), heap_mb });
      if ((await Promise.race([stopped, wait(EVERY_MS)])) === "stop") return;
    }
  }
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/**
 * Growth by the least squares line, MB per 100,000 calls.
 * @param samples of the time at rest
 */
export function growth_mb(samples: readonly Sample[], of: (sample: Sample) => number): number {
  const n = samples.length;
  const mean = (value: (sample: Sample) => number): number =>
    samples.reduce((sum, s) => sum + value(s), 0) / n;
  const [calls, memory] = [mean((s) => s.calls), mean(of)];
  let [covariance, variance] = [0, 0];
  for (const sample of samples) {
    covariance += (sample.calls - calls) * (of(sample) - memory);
    variance += (sample.calls - calls) ** 2;
  }
  return variance === 0 ? 0 : (covariance / variance) * 100_000;
}
