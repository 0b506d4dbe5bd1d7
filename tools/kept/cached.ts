/** Values read from ClickUp, kept per user for a while, read once even when two calls want them together. */
import type { Cache, ToolContext } from "../define.ts";

interface Kept<T> {
  at_ms: number;
  value: T;
}

/** Loads running now, by the cache they fill. */
const running = new WeakMap<Cache, Map<string, Promise<unknown>>>();

export interface CachedValue<T> {
  value: T;
  /** True when it was loaded for this very call. */
  fresh: boolean;
}

/** The kept value when it is not older than `maxAge_ms`, without loading. */
export function peek<T>(ctx: ToolContext, key: string, maxAge_ms: number): T | undefined {
  const kept = ctx.cache.get<Kept<T>>(key);
  return kept !== undefined && ctx.now_ms() - kept.at_ms < maxAge_ms ? kept.value : undefined;
}

/** Keeps a value that was read already. */
export function keep<T>(ctx: ToolContext, key: string, value: T, ttl_ms: number): void {
  ctx.cache.set(key, { at_ms: ctx.now_ms(), value } satisfies Kept<T>, ttl_ms);
}

/** The kept value when young enough, else what `load` reads, kept for `ttl_ms`. */
export async function cached<T>(
  ctx: ToolContext,
  key: string,
  options: { ttl_ms: number; maxAge_ms?: number },
  load: () => Promise<T>,
): Promise<CachedValue<T>> {
  const known = peek<T>(ctx, key, options.maxAge_ms ?? options.ttl_ms);
  if (known !== undefined) {
    return { value: known, fresh: false };
  }
  const loads = running.get(ctx.cache) ?? new Map<string, Promise<unknown>>();
  running.set(ctx.cache, loads);
  const other = loads.get(key) as Promise<T> | undefined;
  if (other !== undefined) {
    // The other call may be cancelled or refused for reasons of its own: then load for ourselves.
    const shared = await other.then(
      (value) => ({ value }),
      () => undefined,
    );
    if (shared !== undefined) {
      return { value: shared.value, fresh: true };
    }
    return await cached(ctx, key, options, load);
  }
  const mine = load();
  loads.set(key, mine);
  try {
    const value = await mine;
    keep(ctx, key, value, options.ttl_ms);
    return { value, fresh: true };
  } finally {
    loads.delete(key);
  }
}
