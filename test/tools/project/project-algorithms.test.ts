import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Activity, scheduleOf } from "../../../tools/project/critical-path.ts";
import { findCycle, orderOf, type Waiting } from "../../../tools/tasks/graph.ts";
import { parallelGroups } from "../../../tools/project/parallel-groups.ts";
import { TEMPLATES, tasksOf } from "../../../tools/project/templates.ts";
import {
  addWorkingDays,
  dayAt,
  dayOfIndex,
  daysOfEstimate,
  formatDay,
  indexOf,
  lastDayOf,
  onOrAfter,
  workingDaysIn,
} from "../../../tools/project/working-days.ts";

const day = (text: string): number => Date.parse(text) / 86_400_000;
const isWorkingDay = (one: number): boolean => ![0, 6].includes(new Date(one * 86_400_000).getUTCDay());

/** A graph without loops: each node waits on some that stand before it in a hidden order, then all are shuffled. */
const acyclic = fc
  .integer({ min: 0, max: 9 })
  .chain((size) =>
    fc.record({
      edges: fc.array(fc.array(fc.nat(20), { maxLength: 3 }), { minLength: size, maxLength: size }),
      durations: fc.array(fc.nat(6), { minLength: size, maxLength: size }),
      notBefore: fc.array(fc.option(fc.nat(12), { nil: undefined }), { minLength: size, maxLength: size }),
      order: fc.shuffledSubarray(
        Array.from({ length: size }, (_, index) => index),
        { minLength: size, maxLength: size },
      ),
    }),
  )
  .map(({ edges, durations, notBefore, order }): Activity[] =>
    order.map((index) => {
      const from = notBefore[index];
      return {
        key: `t${index}`,
        duration: durations[index] ?? 0,
        after: index === 0 ? [] : (edges[index] ?? []).map((edge) => `t${edge % index}`),
        ...(from === undefined ? {} : { notBefore: from }),
      };
    }),
  );

const anyGraph = fc
  .integer({ min: 1, max: 7 })
  .chain((size) => fc.array(fc.array(fc.nat(size), { maxLength: 3 }), { minLength: size, maxLength: size }))
  .map((edges): Waiting[] =>
    edges.map((after, index) => ({ key: `t${index}`, after: after.map((one) => `t${one}`) })),
  );

describe("working days", () => {
  it("skips weekends", () => {
    expect(formatDay(addWorkingDays(day("2026-03-06"), 1))).toBe("2026-03-09");
    expect(formatDay(addWorkingDays(day("2026-03-09"), -1))).toBe("2026-03-06");
    expect(formatDay(onOrAfter(day("2026-03-07")))).toBe("2026-03-09");
    expect(formatDay(lastDayOf(day("2026-03-02"), 5))).toBe("2026-03-06");
    expect(formatDay(lastDayOf(day("2026-03-02"), 6))).toBe("2026-03-09");
    expect(workingDaysIn(day("2026-03-02"), day("2026-03-15"))).toBe(10);
    expect(workingDaysIn(day("2026-03-07"), day("2026-03-08"))).toBe(0);
    expect([1, 8 * 3_600_000, 8 * 3_600_000 + 1].map(daysOfEstimate)).toEqual([1, 1, 2]);
  });

  it("counts a day where its zone has it, also when clocks change", () => {
    expect(formatDay(dayAt(Date.parse("2026-03-28T23:30:00Z"), "Europe/Amsterdam"))).toBe("2026-03-29");
    expect(formatDay(dayAt(Date.parse("2026-03-28T23:30:00Z"), "America/New_York"))).toBe("2026-03-28");
    for (const [at, zone, wanted] of [
      ["2026-03-29T00:30:00Z", "Europe/Amsterdam", "2026-03-29"],
      ["2026-10-25T22:59:59Z", "Europe/Amsterdam", "2026-10-25"],
      ["2026-10-25T23:00:00Z", "Europe/Amsterdam", "2026-10-26"],
      ["2026-03-08T10:00:00Z", "Pacific/Kiritimati", "2026-03-09"],
      ["1969-12-31T23:59:59Z", "UTC", "1969-12-31"],
    ] as const) {
      expect(formatDay(dayAt(Date.parse(at), zone))).toBe(wanted);
    }
  });

  it("is arithmetic: adding and taking away meet, counts agree with a walk day by day", () => {
    const days = fc.integer({ min: -40_000, max: 40_000 });
    fc.assert(
      fc.property(days, fc.integer({ min: -300, max: 300 }), fc.nat(40), (start, count, length) => {
        const from = onOrAfter(start);
        expect(isWorkingDay(from)).toBe(true);
        expect(from - start).toBeLessThanOrEqual(isWorkingDay(start) ? 0 : 2);
        expect(dayOfIndex(indexOf(from))).toBe(from);
        expect(addWorkingDays(addWorkingDays(from, count), -count)).toBe(from);
        expect(indexOf(addWorkingDays(from, count)) - indexOf(from)).toBe(count);
        const walked = Array.from({ length: length + 1 }, (_, step) => start + step).filter(isWorkingDay);
        expect(workingDaysIn(start, start + length)).toBe(walked.length);
        expect(workingDaysIn(from, lastDayOf(from, length + 1))).toBe(length + 1);
      }),
    );
  });
});

describe("loops", () => {
  it("are found and named, each waiting on the next, exactly when there is one", () => {
    fc.assert(
      fc.property(anyGraph, (nodes) => {
        const loop = findCycle(nodes);
        // Independent of the search: take away again and again what waits on nothing that is left.
        let left = new Map(nodes.map((node) => [node.key, node.after]));
        for (let size = -1; size !== left.size;) {
          size = left.size;
          const here = left;
          left = new Map([...here].filter(([, after]) => after.some((one) => here.has(one))));
        }
        expect(loop !== undefined).toBe(left.size > 0);
        if (loop === undefined) {
          expect(orderOf(nodes)).toHaveLength(nodes.length);
          return;
        }
        expect(() => orderOf(nodes)).toThrow(RangeError);
        expect(new Set(loop).size).toBe(loop.length);
        for (const [index, key] of loop.entries()) {
          const next = loop[(index + 1) % loop.length] ?? "";
          expect(nodes.find((node) => node.key === key)?.after).toContain(next);
        }
      }),
    );
  });

  it("are looked for in long chains without running out of stack", () => {
    const chain = Array.from({ length: 20_000 }, (_, index) => ({
      key: `${index}`,
      after: [`${(index + 1) % 20_000}`],
    }));
    expect(findCycle(chain)).toHaveLength(20_000);
    expect(findCycle(chain.slice(1))).toBeUndefined();
  });
});

/** Every chain of activities that ends in `key`, as its total length with the waits for planned starts. */
function earliestByChains(activities: readonly Activity[], key: string): number {
  const { after = [], notBefore = 0 } = activities.find((one) => one.key === key) ?? {};
  const through = after.map((one) => {
    const before = activities.find((other) => other.key === one);
    return earliestByChains(activities, one) + (before?.duration ?? 0);
  });
  return Math.max(0, notBefore, ...through);
}

function finishOf(activities: readonly Activity[]): number {
  return Math.max(0, ...activities.map((one) => earliestByChains(activities, one.key) + one.duration));
}

/** The same activities, one of them held back to a start. */
function heldBack(activities: readonly Activity[], key: string, start: number): Activity[] {
  return activities.map((one) => (one.key === key ? { ...one, notBefore: start } : one));
}

describe("the critical path", () => {
  it("agrees with a worked example", () => {
    const { activities, finish, criticalPath } = scheduleOf([
      { key: "a", duration: 3, after: [] },
      { key: "b", duration: 2, after: ["a"] },
      { key: "c", duration: 4, after: ["a"] },
      { key: "d", duration: 1, after: ["b", "c"] },
      { key: "e", duration: 2, after: ["b"] },
    ]);
    expect(finish).toBe(8);
    expect(criticalPath).toEqual(["a", "c", "d"]);
    expect(
      activities.map((one) => [one.key, one.earliest_start, one.latest_finish, one.total_float]),
    ).toEqual([
      ["a", 0, 3, 0],
      ["b", 3, 6, 1],
      ["c", 3, 7, 0],
      ["d", 7, 8, 0],
      ["e", 5, 8, 1],
    ]);
    expect(activities.find((one) => one.key === "b")?.free_float).toBe(0);
    expect(scheduleOf([])).toEqual({ activities: [], start: 0, finish: 0, criticalPath: [] });
  });

  it("is what trying every chain finds, and floats are exactly how much each may slip", () => {
    fc.assert(
      fc.property(acyclic, (activities) => {
        const { activities: scheduled, finish } = scheduleOf(activities);
        expect(finish).toBe(finishOf(activities));
        for (const one of scheduled) {
          expect(one.earliest_start).toBe(earliestByChains(activities, one.key));
          expect(one.total_float).toBeGreaterThanOrEqual(0);
          expect(one.free_float).toBeGreaterThanOrEqual(0);
          expect(one.free_float).toBeLessThanOrEqual(one.total_float);
          expect(one.critical).toBe(one.total_float === 0);
          const slipped = (by: number) => heldBack(activities, one.key, one.earliest_start + by);
          expect(finishOf(slipped(one.total_float))).toBe(finish);
          expect(finishOf(slipped(one.total_float + 1))).toBe(finish + 1);
          const held = slipped(one.free_float);
          for (const other of scheduled.filter((candidate) => candidate.key !== one.key)) {
            expect(earliestByChains(held, other.key)).toBe(other.earliest_start);
          }
        }
      }),
      { numRuns: 150 },
    );
  });

  it("names a chain of critical activities, each starting when the one before ends", () => {
    fc.assert(
      fc.property(acyclic, (activities) => {
        const { activities: scheduled, finish, criticalPath } = scheduleOf(activities);
        const chain = criticalPath.flatMap((key) => scheduled.find((one) => one.key === key) ?? []);
        expect(chain).toHaveLength(criticalPath.length);
        expect(chain.length > 0).toBe(activities.length > 0);
        for (const [index, one] of chain.entries()) {
          expect(one.critical).toBe(true);
          const next = chain[index + 1];
          expect(next?.earliest_start ?? finish).toBe(one.earliest_finish);
          if (next !== undefined) {
            expect(activities.find((other) => other.key === next.key)?.after).toContain(one.key);
          }
        }
      }),
    );
  });
});

describe("parallel groups", () => {
  it("put each after all it waits on, as early as possible, and lose nothing", () => {
    fc.assert(
      fc.property(acyclic, (nodes) => {
        const groups = parallelGroups(nodes);
        expect(groups.flat().sort()).toEqual(nodes.map((node) => node.key).sort());
        const place = new Map(groups.flatMap((keys, index) => keys.map((key) => [key, index] as const)));
        for (const { key, after } of nodes) {
          const own = place.get(key) ?? -1;
          const before = after.map((one) => place.get(one) ?? -1);
          expect(before.every((one) => one < own)).toBe(true);
          expect(Math.max(-1, ...before)).toBe(own - 1);
        }
      }),
    );
  });
});

describe("templates", () => {
  it.each(TEMPLATES.map((template) => [template.id, template] as const))(
    "%s has unique keys, known dependencies and no loop",
    (_, template) => {
      const tasks = tasksOf(template).map(({ task }) => task);
      const keys = tasks.map((task) => task.key);
      expect(new Set(keys).size).toBe(keys.length);
      expect(new Set(template.lists.map((list) => list.name)).size).toBe(template.lists.length);
      expect(tasks.flatMap((task) => task.after ?? []).filter((key) => !keys.includes(key))).toEqual([]);
      expect(findCycle(tasks.map((task) => ({ key: task.key, after: task.after ?? [] })))).toBeUndefined();
      expect(tasks.every((task) => Number.isInteger(task.days) && task.days >= 0)).toBe(true);
      expect(tasks.length).toBeGreaterThan(5);
      expect(tasks.length).toBeLessThanOrEqual(30);
    },
  );
});
