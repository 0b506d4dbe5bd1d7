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
export async function bounded<T>(
  work: (signal: AbortSignal) => Promise<T>,
  { signal, timeout_ms, after }: { signal: StopSignal | undefined; timeout_ms: number; after: After },
): Promise<T> {
  if (signal?.aborted === true) throw new GivenUpError("aborted");
  const stop = new AbortController();
  const givenUp = Promise.withResolvers<never>();
  let error: GivenUpError | undefined;
  const giveUp = (why: "aborted" | "timeout"): void => {
    error ??= new GivenUpError(why);
    stop.abort();
    givenUp.reject(error);
  };
  const aborted = (): void => giveUp("aborted");
  signal?.addEventListener("abort", aborted, { once: true });
  const cancelTimeout = after(timeout_ms, () => giveUp("timeout"));
  try {
    return await Promise.race([work(stop.signal), givenUp.promise]);
  } catch (thrown) {
    // The work may have noticed first.
    throw error ?? thrown;
  } finally {
    cancelTimeout();
    signal?.removeEventListener("abort", aborted);
  }
}
