/** The calls that run now, by the device they came from, so that all of a device can be stopped at once. */
export interface Stoppable {
  readonly deviceId: string;
  /** Sends nothing more to ClickUp but what is on its way. */
  stop(reason: unknown): void;
}

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
