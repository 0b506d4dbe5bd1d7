/**
 * What the OAuth library sees of KV. It makes keys out of what clients send: ids, codes and tokens of any length. KV
 * takes keys of at most 512 bytes and throws for longer ones, and for "." and "..": such a key names no record, which
 * is an answer. Its writes wait their turn instead of failing a sign-in. Source: Cloudflare KV, limits.
 */
import type { Bindings } from "../env.ts";
import { insist } from "../patient-kv.ts";

const MOST_KEY_BYTES = 512;
const encoder = new TextEncoder();
const made = new WeakMap<Bindings, Bindings>();

/** The bindings for the library; the same object for the same bindings. */
export function libraryBindings(env: Bindings): Bindings {
  const known = made.get(env);
  if (known !== undefined) return known;
  const ours = { ...env, OAUTH_KV: careful(env.OAUTH_KV) };
  made.set(env, ours);
  // The library's own methods call each other with what they were given.
  made.set(ours, ours);
  return ours;
}

/** The same namespace: it has nothing under keys KV would not take, and its writes insist. */
function careful(kv: KVNamespace): KVNamespace {
  return new Proxy(kv, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== "function") return member;
      return (...args: unknown[]): unknown => {
        const [key] = args;
        if (name === "get" && typeof key === "string" && !fits(key)) return Promise.resolve(null);
        const run = (): unknown => Reflect.apply(member, target, args);
        return name === "put" || name === "delete" ? insist(async () => run()) : run();
      };
    },
  });
}

function fits(key: string): boolean {
  return key !== "" && key !== "." && key !== ".." && encoder.encode(key).length <= MOST_KEY_BYTES;
}
