import type { StopSignal } from "./stop.ts";
import type { After } from "./timer.ts";

/** Thrown when work was not waited for to its end. Whoever aborted has the reason in their signal. */
export class GivenUpError extends Error {
  constructor(why: "aborted" | "timeout") {
    super(`given up: ${why}`);
  }
}

/**
 * Waits for work until its caller aborts or the time is up. It gets a signal for `fetch`; a `fetch` that ignores it
 * cannot hang us, because giving up ends the wait by itself.
 * @throws GivenUpError, or what the work throws
 */
export function bounded<T>(
  work: (signal: AbortSignal) => Promise<T>,
  { signal, timeout_ms, after }: { signal: StopSignal | undefined; timeout_ms: number; after: After },
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    if (signal?.aborted === true) throw new GivenUpError("aborted");
    const stop = new AbortController();
    // The first to settle counts: the work may notice an abort, but only after this.
    const giveUp = (why: "aborted" | "timeout"): void => {
      over();
      reject(new GivenUpError(why));
      stop.abort();
    };
    const aborted = (): void => giveUp("aborted");
    const over = (): void => {
      cancelTimeout();
      signal?.removeEventListener("abort", aborted);
    };
    signal?.addEventListener("abort", aborted, { once: true });
    const cancelTimeout = after(timeout_ms, () => giveUp("timeout"));
    work(stop.signal).then(
      (value) => {
        over();
        resolve(value);
      },
      (error: unknown) => {
        over();
        reject(error);
      },
    );
  });
}
