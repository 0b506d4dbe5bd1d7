/** Our own signal behaves as the runtime's does, in what is used of it. */
import { expect, test } from "vitest";
import { Stop } from "../../../objects/mcp/stop.ts";
import type { StopSignal } from "../../../tools/define.ts";

const native = () => {
  const controller = new AbortController();
  return { signal: controller.signal as StopSignal, abort: (reason: unknown) => controller.abort(reason) };
};
const own = () => {
  const stop = new Stop();
  return { signal: stop as StopSignal, abort: (reason: unknown) => stop.abort(reason) };
};

test.each([
  ["AbortController", native],
  ["Stop", own],
])(
  "%s: listeners run once and in order, removed and late ones never, and the first reason stays",
  (_, make) => {
    const { signal, abort } = make();
    const heard: string[] = [];
    const removed = (): void => void heard.push("removed");
    const twice = (): void => void heard.push("twice");
    signal.addEventListener("abort", () => heard.push("first"), { once: true });
    signal.addEventListener("abort", removed);
    signal.addEventListener("abort", twice);
    signal.addEventListener("abort", twice);
    signal.removeEventListener("abort", removed);
    expect(() => signal.throwIfAborted()).not.toThrow();
    expect([signal.aborted, signal.reason]).toEqual([false, undefined]);
    const reason = new Error("why");
    abort(reason);
    abort(new Error("later"));
    signal.addEventListener("abort", () => heard.push("late"));
    expect(heard).toEqual(["first", "twice"]);
    expect([signal.aborted, signal.reason]).toEqual([true, reason]);
    expect(() => signal.throwIfAborted()).toThrow(reason);
  },
);
