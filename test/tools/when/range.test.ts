import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseRange } from "../../../tools/when/range.ts";
import { dayBounds, formatInstant, localDay } from "../../../tools/when/when.ts";

const zones = ["UTC", "Europe/Amsterdam", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"];
const instants = fc.integer({ min: Date.UTC(2020, 0, 1), max: Date.UTC(2030, 0, 1) });

describe("days as ranges", () => {
  it("holds the instant, begins and ends at the same day's borders", () => {
    fc.assert(
      fc.property(instants, fc.constantFrom(...zones), (ms, timeZone) => {
        const { start_ms, end_ms } = dayBounds(ms, timeZone);
        expect(start_ms).toBeLessThanOrEqual(ms);
        expect(end_ms).toBeGreaterThanOrEqual(Math.floor(ms / 1000) * 1000);
        const day = localDay(ms, timeZone);
        expect([localDay(start_ms, timeZone), localDay(end_ms, timeZone)]).toEqual([day, day]);
        expect(localDay(start_ms - 1, timeZone) < day).toBe(true);
        expect(localDay(end_ms + 1, timeZone) > day).toBe(true);
        expect(dayBounds(end_ms + 1, timeZone).start_ms).toBe(end_ms + 1);
      }),
    );
  });

  it("has 23 and 25 hours when clocks change", () => {
    const hours = (ms: number) => {
      const { start_ms, end_ms } = dayBounds(ms, "Europe/Amsterdam");
      return (end_ms + 1 - start_ms) / 3_600_000;
    };
    expect(hours(Date.UTC(2026, 2, 29, 12))).toBe(23);
    expect(hours(Date.UTC(2026, 9, 25, 12))).toBe(25);
    expect(hours(Date.UTC(2026, 5, 1, 12))).toBe(24);
  });

  it("defaults to whole days up to today, the same all day long", () => {
    fc.assert(
      fc.property(instants, fc.constantFrom(...zones), (now_ms, timeZone) => {
        const range = parseRange(undefined, undefined, { now_ms, timeZone });
        expect(range.to_ms - range.from_ms).toBeGreaterThanOrEqual(30 * 86_400_000);
        const later = parseRange(undefined, undefined, {
          now_ms: dayBounds(now_ms, timeZone).end_ms,
          timeZone,
        });
        expect(later).toEqual(range);
        expect(formatInstant(range.from_ms, timeZone)).toContain("T00:00:00");
      }),
    );
  });
});
