/** Idempotency keys: for 24 hours the same key answers the same; with other parameters it is an error. */
import { StripeFault } from "./errors.ts";
import type { World } from "./world.ts";

const inFlight = new WeakMap<World, Set<string>>();

/**
 * Answers with what the key's first request got, or does `work` and remembers its answer.
 * Throws 400 idempotency_error for other parameters and 409 idempotency_key_in_use while the first one runs.
 */
export async function withIdempotency(
  world: World,
  key: string,
  operation: string,
  params: string,
  work: () => Promise<Response>,
): Promise<Response> {
  const known = world.data.idempotency[key];
  if (known !== undefined) {
    if (known.params !== params || known.operation !== operation) {
      throw new StripeFault(
        400,
        "idempotency_error",
        `The idempotency key '${key}' was first used with other parameters.`,
      );
    }
    return new Response(known.body, {
      status: known.status,
      headers: { "Content-Type": "application/json", "Idempotent-Replayed": "true" },
    });
  }
  const running = inFlight.get(world) ?? new Set();
  inFlight.set(world, running);
  if (running.has(key)) {
    throw new StripeFault(
      409,
      "idempotency_error",
      `Another request with the idempotency key '${key}' is still running.`,
      { code: "idempotency_key_in_use" },
    );
  }
  running.add(key);
  try {
    const response = await work();
    const body = await response.text();
    // A request that was refused before it began leaves no answer behind.
    if (response.status < 400 || response.status === 402 || response.status >= 500) {
      world.data.idempotency[key] = {
        operation,
        params,
        status: response.status,
        body,
        created: world.now(),
      };
    }
    return new Response(body, response);
  } finally {
    running.delete(key);
  }
}
