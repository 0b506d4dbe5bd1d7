import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatDuration, parseDuration } from "../../../tools/when/durations.ts";
import { formatDate, formatInstant, localDay, parseWhen } from "../../../tools/when/when.ts";
import { instantOf, isTimeZone, wallClock } from "../../../tools/when/zone.ts";

const ZONES = [
  "UTC",
  "America/New_York",
  "Europe/Amsterdam",
  "Asia/Kolkata",
  "Australia/Lord_Howe",
  "Pacific/Apia",
  "America/St_Johns",
];
/** Wednesday 2026-10-28, 20:00 in New York. */
const clock = { now_ms: Date.parse("2026-10-29T00:00:00Z"), timeZone: "America/New_York" };
const read = (text: string, at = clock) => {
  const { ms, hasTime } = parseWhen(text, at, "due");
  return hasTime ? formatInstant(ms, at.timeZone) : localDay(ms, at.timeZone);
};

describe("parseWhen", () => {
  it.each([
    ["today", "2026-10-28"],
    ["Tomorrow", "2026-10-29"],
    ["yesterday", "2026-10-27"],
    ["friday", "2026-10-30"],
    ["next friday", "2026-10-30"],
    ["wednesday", "2026-11-04"],
    ["this wednesday", "2026-10-28"],
    ["+3d", "2026-10-31"],
    ["+1w", "2026-11-04"],
    ["+1mo", "2026-11-28"],
    ["-1d", "2026-10-27"],
    ["in 2 weeks", "2026-11-11"],
    ["3 days ago", "2026-10-25"],
    ["next month", "2026-11-28"],
    ["2026-12-01", "2026-12-01"],
    ["+4h", "2026-10-29T00:00:00-04:00"],
    ["tomorrow 15:00", "2026-10-29T15:00:00-04:00"],
    ["next friday at 9am", "2026-10-30T09:00:00-04:00"],
    ["tomorrow noon", "2026-10-29T12:00:00-04:00"],
    ["2026-12-01T10:00", "2026-12-01T10:00:00-05:00"],
    ["2026-12-01 10:00:30", "2026-12-01T10:00:30-05:00"],
    ["2026-12-01T10:00:00.250Z", "2026-12-01T05:00:00-05:00"],
    ["2026-12-01T10:00+05:30", "2026-11-30T23:30:00-05:00"],
    ["1796137200000", "2026-12-01T10:00:00-05:00"],
    // Clocks go forward at 02:00: the skipped time moves on; go back at 02:00: the first of the two.
    ["2026-03-08T02:30", "2026-03-08T03:30:00-04:00"],
    ["2026-11-01T01:30", "2026-11-01T01:30:00-04:00"],
    ["2026-11-01T02:30", "2026-11-01T02:30:00-05:00"],
  ])("reads %s as %s", (text, expected) => {
    expect(read(text)).toBe(expected);
  });

  it.each([
    "",
    "soon",
    "2026-13-01",
    "2026-02-30",
    "2026-12-01T25:00",
    "+3",
    "3d",
    "+1m",
    "friday 25:00",
    "friday 9",
    "now 9:00",
    "someday",
    "2026-12-01T10:00+99:99",
    "2026-12-01T10:00+14:01",
    "2026-12-01T10:00+05:60",
    "+99999y",
    "in 99999 months",
    "-1300mo",
  ])("refuses %j and names the forms", (text) => {
    expect(() => parseWhen(text, clock, "due")).toThrow(
      /^due: ".*" is not a time\. Use ISO 8601, YYYY-MM-DD/,
    );
  });

  it("counts days over a change of clocks by the calendar", () => {
    const before = { now_ms: Date.parse("2026-10-31T23:30:00-04:00"), timeZone: "America/New_York" };
    expect(read("+1d", before)).toBe("2026-11-01");
    expect(read("+2d", before)).toBe("2026-11-02");
    expect(read("+24h", before)).toBe("2026-11-01T22:30:00-05:00");
  });

  it("reads back every instant it shows (property)", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 4_000_000_000 }),
        fc.constantFrom(...ZONES),
        (seconds, timeZone) => {
          const ms = seconds * 1000;
          const shown = formatInstant(ms, timeZone);
          expect(Date.parse(shown)).toBe(ms);
          expect(parseWhen(shown, { now_ms: 0, timeZone }, "x").ms).toBe(ms);
          expect(Math.abs(instantOf(wallClock(ms, timeZone), timeZone) - ms)).toBeLessThanOrEqual(3_600_000);
        },
      ),
    );
  });

  it("puts a day without a time on that day in every zone nearby (property)", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 40_000 }), fc.constantFrom(...ZONES), (days, timeZone) => {
        const day = new Date(days * 86_400_000).toISOString().slice(0, 10);
        const { ms, hasTime } = parseWhen(day, { now_ms: 0, timeZone }, "x");
        if (timeZone !== "Pacific/Apia" || day !== "2011-12-30") {
          expect(localDay(ms, timeZone)).toBe(day);
        }
        expect(hasTime).toBe(false);
      }),
    );
  });

  it("shows ClickUp's mark for no time, 04:00 local, as a day", () => {
    expect(formatDate(Date.parse("2026-12-01T09:00:00Z"), "America/New_York")).toBe("2026-12-01");
    expect(formatDate(Date.parse("2026-12-01T09:00:00Z"), "UTC")).toBe("2026-12-01T09:00:00Z");
  });

  it("takes an unknown zone as UTC", () => {
    expect(isTimeZone("Mars/Base")).toBe(false);
    expect(formatInstant(0, "Mars/Base")).toBe("1970-01-01T00:00:00Z");
  });
});

describe("durations", () => {
  it.each([
    ["1h30m", 5_400_000],
    ["1h 30min", 5_400_000],
    ["90", 5_400_000],
    ["2h", 7_200_000],
    ["1.5h", 5_400_000],
    ["45 minutes", 2_700_000],
    ["0", 0],
  ])("reads %s", (text, expected) => {
    expect(parseDuration(text, "estimate")).toBe(expected);
  });

  it.each(["", "1d", "h", "-5", "1h30", "soon"])("refuses %j", (text) => {
    expect(() => parseDuration(text, "estimate")).toThrow(
      /^estimate: .* is not a duration\. Use 1h30m or minutes\./,
    );
  });

  it("reads back what it shows (property)", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100_000 }), (minutes) => {
        expect(parseDuration(formatDuration(minutes * 60_000), "x")).toBe(minutes * 60_000);
      }),
    );
  });
});
