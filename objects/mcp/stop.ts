import type { StopSignal } from "../../tools/define.ts";

/**
 * A signal and the hand on it. Listeners run once, in the order they came, and never after they were removed. The
 * runtime's controller and signal are native objects, which each call would leave to the garbage collector.
 */
export class Stop implements StopSignal {
  #aborted = false;
  #reason: unknown;
  #listeners: Set<() => void> | undefined;

  get aborted(): boolean {
    return this.#aborted;
  }

  get reason(): unknown {
    return this.#reason;
  }

  throwIfAborted(): void {
    if (this.#aborted) throw this.#reason;
  }

  addEventListener(_type: "abort", listener: () => void): void {
    // As with an AbortSignal: who comes too late asks `aborted`.
    if (!this.#aborted) (this.#listeners ??= new Set()).add(listener);
  }

  removeEventListener(_type: "abort", listener: () => void): void {
    this.#listeners?.delete(listener);
  }

  /** The first reason stays. */
  abort(reason: unknown): void {
    if (this.#aborted) return;
    this.#aborted = true;
    this.#reason = reason;
    const listeners = this.#listeners;
    this.#listeners = undefined;
    for (const listener of listeners ?? []) listener();
  }
}

/** A call that runs, as far as it can be stopped. */
export interface Stoppable {
  readonly deviceId: string;
  /** Sends nothing more to ClickUp but what is on its way. */
  stop(reason: unknown): void;
}

/** The calls that run now, so that all of a device can be stopped at once. */
export class Running {
  readonly #calls = new Set<Stoppable>();

  add(call: Stoppable): void {
    this.#calls.add(call);
  }

  remove(call: Stoppable): void {
    this.#calls.delete(call);
  }

  /** Stops what a device runs: it was stopped, has expired, or was removed. */
  endDevice(deviceId: string): void {
    for (const call of this.#calls) {
      if (call.deviceId === deviceId) call.stop(new DOMException("The device was stopped.", "AbortError"));
    }
  }
}
