/** KV as it is far away and under load: reads up to a minute old, and one write a second for a key. */
import { env } from "cloudflare:workers";
import { vi } from "vitest";

/** What is thrown for a write too many, in the words of the platform. */
const TOO_FAST = "KV PUT failed: 429 Too Many Requests";

type Write = (...args: unknown[]) => Promise<void>;

/** A method as the platform made it, to be called with the namespace it was called on. */
const original = (prototype: KVNamespace, name: "put" | "delete"): Write =>
  Reflect.get(prototype, name) as Write;

/**
 * From now on a second write to a key within a second of one that succeeded fails, in every namespace. Time is told by
 * the waits for KV alone, which end at once.
 */
export function limitWrites(): { refused: string[] } {
  const prototype = Object.getPrototypeOf(env.USER_MAPPINGS) as KVNamespace;
  const refused: string[] = [];
  const written = new Map<string, number>();
  let now_ms = 0;
  const wait = globalThis.setTimeout;
  const shortened = (run: () => void, delay_ms = 0): unknown => {
    if (delay_ms < 1_000 || delay_ms > 1_500) return wait(run, delay_ms);
    return wait(() => {
      now_ms += delay_ms;
      run();
    }, 1);
  };
  vi.spyOn(globalThis, "setTimeout").mockImplementation(shortened as typeof setTimeout);
  const admit = (key: string): void => {
    if (now_ms - (written.get(key) ?? Number.NEGATIVE_INFINITY) < 1_000) {
      refused.push(key);
      throw new Error(TOO_FAST);
    }
    written.set(key, now_ms);
  };
  const put = original(prototype, "put");
  const remove = original(prototype, "delete");
  vi.spyOn(prototype, "put").mockImplementation(function (this: KVNamespace, key: string, ...rest) {
    admit(key);
    return Reflect.apply(put, this, [key, ...rest]);
  });
  vi.spyOn(prototype, "delete").mockImplementation(function (this: KVNamespace, key) {
    admit(key);
    return Reflect.apply(remove, this, [key]);
  });
  return { refused };
}

/** From now on every write to keys that begin so fails. */
export function refuseWrites(prefix: string): { refused: string[] } {
  const prototype = Object.getPrototypeOf(env.USER_MAPPINGS) as KVNamespace;
  const refused: string[] = [];
  const put = original(prototype, "put");
  vi.spyOn(prototype, "put").mockImplementation(function (this: KVNamespace, key: string, ...rest) {
    if (!key.startsWith(prefix)) return Reflect.apply(put, this, [key, ...rest]);
    refused.push(key);
    return Promise.reject(new Error(TOO_FAST));
  });
  return { refused };
}

/** The namespace as another place still sees it: reads are of this moment for ever, writes arrive. */
export async function staleKv(kv: KVNamespace): Promise<KVNamespace> {
  const seen = new Map<string, { value: string; metadata: unknown }>();
  let cursor: string | undefined;
  do {
    const page: KVNamespaceListResult<unknown> = await kv.list(cursor === undefined ? {} : { cursor });
    for (const { name } of page.keys) {
      const { value, metadata } = await kv.getWithMetadata(name);
      if (value !== null) seen.set(name, { value, metadata });
    }
    cursor = page.list_complete ? undefined : page.cursor;
  } while (cursor !== undefined);
  const typeOf = (options?: string | { type?: string }): string =>
    (typeof options === "string" ? options : options?.type) ?? "text";
  const read = (key: string, options?: string | { type?: string }): unknown => {
    const value = seen.get(key)?.value ?? null;
    return value !== null && typeOf(options) === "json" ? JSON.parse(value) : value;
  };
  return new Proxy(kv, {
    get(target, name) {
      if (name === "get") return async (key: string, options?: string) => read(key, options);
      if (name === "getWithMetadata") {
        return async (key: string, options?: string) => ({
          value: read(key, options),
          metadata: seen.get(key)?.metadata ?? null,
          cacheStatus: null,
        });
      }
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
