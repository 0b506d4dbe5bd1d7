/**
 * Calls of Stripe that make something. Stripe keeps its answer under the call's idempotency key for a day, a failure
 * too. So the body is written down before it goes out. After silence the same body goes out again under the same key,
 * and gives what was made the first time; after an answer of any kind the next call has another key.
 */
import type { EntitlementStore } from "../stores/entitlement.ts";
import type { KeyedCall, PortProblem, PortResult } from "./billing-port.ts";

/** Stripe may forget a key after a day: the body of before would make a second one. */
const KEPT_MS = 24 * 60 * 60_000;

export interface KeyedParts {
  entitlement: EntitlementStore;
  now_ms: () => number;
  /** Makes keys differ between users, lives of an account, and customers. */
  life: () => string;
}

/** @returns what Stripe made, with the body it was made from: that of an earlier call whose answer had been lost */
export async function makeOnce<T>(
  { entitlement, now_ms, life }: KeyedParts,
  what: "customer" | "checkout",
  body: string,
  send: (call: KeyedCall) => Promise<PortResult<T>>,
): Promise<PortResult<{ made: T; body: string }>> {
  const note = (count: number, waiting: { body: string; began_ms: number } | null): void => {
    const { attempts } = entitlement.read();
    entitlement.write({ attempts: { ...attempts, [what]: { count, waiting } } });
  };
  const before = entitlement.read().attempts[what] ?? { count: 0, waiting: null };
  const lost =
    before.waiting !== null && now_ms() - before.waiting.began_ms < KEPT_MS ? before.waiting : null;
  const count = lost === null ? before.count + 1 : before.count;
  const out = lost ?? { body, began_ms: now_ms() };
  note(count, out);
  const result = await send({
    body: out.body,
    idempotencyKey: `${what}:${life()}:${count}:${await digest(out.body)}`,
  });
  if (result.ok || isAnswered(result.problem)) note(count, null);
  return result.ok ? { ok: true, value: { made: result.value, body: out.body } } : result;
}

/** False when Stripe may have done it, or may yet: silence, or "not now". */
function isAnswered(problem: PortProblem): boolean {
  return problem.kind !== "unavailable" || problem.answered;
}

/** Short, the same for the same text: a key must never come with another body. */
async function digest(text: string): Promise<string> {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  return bytes.subarray(0, 8).toHex();
}
