/** The judge of a load run's memory: a leak is found, a saw-tooth is none, and a short run is not judged. */
import { describe, expect, test } from "vitest";
import { judge } from "./judge.ts";
import type { Sample } from "./memory.ts";
import { RecordKeeper } from "./record.ts";
import { Traffic } from "./traffic.ts";

const CALLS_A_SECOND = 1_000;
const EVERY_S = 5;
const MB = 1024 * 1024;

/** Readings of so many seconds; each call leaves bytes behind, on top of what the function says. */
function samples(
  seconds: number,
  leaves_bytes: { rss: number; heap: number },
  wave_mb: (n: number) => number = () => 0,
): Sample[] {
  return Array.from({ length: seconds / EVERY_S }, (_, n) => {
    const calls = n * EVERY_S * CALLS_A_SECOND;
    return {
      at_ms: n * EVERY_S * 1_000,
      calls,
      rss_mb: 900 + wave_mb(n) + (calls * leaves_bytes.rss) / MB,
      heap_mb: 38 + (calls * leaves_bytes.heap) / MB,
    };
  });
}

function verdictOn(readings: readonly Sample[]) {
  return judge({
    people: [],
    bursting: [],
    traffic: new Traffic("http://127.0.0.1"),
    record: new RecordKeeper(),
    limit: 100,
    samples: readings,
  });
}

describe("memory of a load run", () => {
  test("that stays where it is, up and down, is at rest", () => {
    const { growth, findings } = verdictOn(samples(300, { rss: 0, heap: 0 }, (n) => 12 * Math.sin(n)));
    expect(growth).not.toBeNull();
    expect(findings["growth"]).toBe(0);
  });

  test("of which every call keeps two hundred bytes in the process, or fifty in the heap, grows", () => {
    const native = verdictOn(samples(300, { rss: 200, heap: 0 }));
    expect(native.growth?.rss).toBeCloseTo((200 * 100_000) / MB, 3);
    expect(native.findings["growth"]).toBe(1);
    expect(verdictOn(samples(300, { rss: 0, heap: 50 })).findings["growth"]).toBe(1);
  });

  test("of the first minutes is not judged: rows are still being made", () => {
    const early = samples(130, { rss: 500, heap: 500 });
    expect(verdictOn(early)).toMatchObject({ growth: null, findings: { growth: 0 } });
  });
});
