/** The object's timer: what is called off never runs, what is due does, and the runtime is left with nothing. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { TIMER_TICK_MS } from "../../objects/limits.ts";
import { ObjectTimer } from "../../objects/timer.ts";

describe("the timer of an object", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  });

  test("an entry that throws takes no other of its moment along", () => {
    const timer = new ObjectTimer();
    const ran: string[] = [];
    timer.after(5, () => {
      throw new Error("mine");
    });
    timer.after(5, () => ran.push("the other"));
    expect(() => vi.advanceTimersByTime(5)).toThrow("mine");
    expect(ran).toEqual(["the other"]);
  });

  test("runs what is due, in time and once, and nothing that was called off", () => {
    const timer = new ObjectTimer();
    const ran: string[] = [];
    timer.after(5_000, () => ran.push("5 s"));
    timer.after(10, () => ran.push("10 ms"));
    const cancel = timer.after(20, () => ran.push("called off"));
    timer.after(0, () => ran.push("now"));
    cancel();
    vi.advanceTimersByTime(10);
    expect(ran).toEqual(["now", "10 ms"]);
    vi.advanceTimersByTime(4_989);
    expect(ran).toHaveLength(2);
    vi.advanceTimersByTime(1);
    expect(ran).toEqual(["now", "10 ms", "5 s"]);
    cancel();
    vi.advanceTimersByTime(60_000);
    expect(ran).toHaveLength(3);
  });

  test("what runs may call off what is due beside it, and begin anew", () => {
    const timer = new ObjectTimer();
    const ran: string[] = [];
    timer.after(10, () => {
      cancel();
      timer.after(10, () => ran.push("anew"));
    });
    const cancel = timer.after(10, () => ran.push("called off"));
    vi.advanceTimersByTime(20);
    expect(ran).toEqual(["anew"]);
  });

  test("clears no timer of the runtime, sets few, and rests once all is called off", () => {
    const set = vi.spyOn(globalThis, "setTimeout");
    const clear = vi.spyOn(globalThis, "clearTimeout");
    const timer = new ObjectTimer();
    for (let i = 0; i < 1_000; i++) {
      const cancel = timer.after(20_000, () => undefined);
      vi.advanceTimersByTime(1);
      cancel();
    }
    expect(set.mock.calls.length).toBeLessThanOrEqual(1_000 / TIMER_TICK_MS + 1);
    expect(clear).not.toHaveBeenCalled();
    vi.advanceTimersByTime(TIMER_TICK_MS);
    expect(vi.getTimerCount()).toBe(0);
  });
});
