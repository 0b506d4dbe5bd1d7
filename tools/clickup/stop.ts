/**
 * What tells a call to stop: the part of `AbortSignal` that is used here. Any `AbortSignal` is one; a call has one
 * that is no object of the runtime's, and so costs nothing.
 */
export interface StopSignal {
  readonly aborted: boolean;
  readonly reason: unknown;
  /** @throws `reason` once it is aborted */
  throwIfAborted(): void;
  addEventListener(type: "abort", listener: () => void, options?: { once?: boolean }): void;
  removeEventListener(type: "abort", listener: () => void): void;
}
