/**
 * The OAuth library makes KV keys out of what clients send: ids, codes and tokens of any length. KV takes keys of at
 * most 512 bytes and throws for longer ones, and for "." and "..": such a key names no record, which is an answer.
 * Source: Cloudflare KV, limits.
 */
import type { Bindings } from "../env.ts";

const MOST_KEY_BYTES = 512;
const encoder = new TextEncoder();
const bounded = new WeakMap<Bindings, Bindings>();

/** The same bindings for the library, with an `OAUTH_KV` that has nothing under keys KV would not take. */
export function withBoundedKeys(env: Bindings): Bindings {
  const known = bounded.get(env);
  if (known !== undefined) return known;
  const kv = new Proxy(env.OAUTH_KV, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== "function") return member;
      return (key: unknown, ...rest: unknown[]): unknown =>
        name === "get" && typeof key === "string" && !fits(key)
          ? Promise.resolve(null)
          : Reflect.apply(member, target, [key, ...rest]);
    },
  });
  const made = { ...env, OAUTH_KV: kv };
  bounded.set(env, made);
  return made;
}

function fits(key: string): boolean {
  return key !== "" && key !== "." && key !== ".." && encoder.encode(key).length <= MOST_KEY_BYTES;
}
