/**
 * KV takes one write a second for a key and answers 429 above that (Workers KV, limits). A sign-in can want two: a
 * client that redeems its code at once writes the grant that the consent wrote a moment ago. Here writes wait and
 * try again; reads go straight through.
 */
import type { Bindings } from "./env.ts";

const MAX_TRIES = 3;
/** A little more than the second KV asks for. */
const WAIT_MS = 1_100;

/**
 * Runs a write of KV, again after a second when it was one too many.
 * @throws what KV throws for any other reason, or when it refused three times
 */
export async function insist<T>(write: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await write();
    } catch (error) {
      if (attempt === MAX_TRIES || !isTooFast(error)) throw error;
      await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
    }
  }
}

/** The same namespace, whose writes insist. */
function patient(kv: KVNamespace): KVNamespace {
  return new Proxy(kv, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== "function") return value;
      const call = (...args: unknown[]): unknown => Reflect.apply(value, target, args);
      if (name !== "put" && name !== "delete") return call;
      return (...args: unknown[]) => insist(async () => call(...args));
    },
  });
}

const patientByEnv = new WeakMap<Bindings, Bindings>();

/** The bindings with a patient `OAUTH_KV`; the same object for the same bindings. */
export function withPatientKv(env: Bindings): Bindings {
  const known = patientByEnv.get(env);
  if (known !== undefined) return known;
  const made = { ...env, OAUTH_KV: patient(env.OAUTH_KV) };
  patientByEnv.set(env, made);
  return made;
}

/** KV has no error classes: its message names the status. */
function isTooFast(error: unknown): boolean {
  return error instanceof Error && /\b429\b/.test(error.message);
}
