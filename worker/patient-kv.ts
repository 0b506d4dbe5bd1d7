/**
 * KV takes one write a second for a key and answers 429 above that (developers.cloudflare.com/kv/platform/limits). A sign-in can want two: a
 * client that redeems its code at once writes the grant that the consent wrote a moment ago. Here writes wait and
 * try again.
 */
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

/** KV has no error classes: its message names the status. */
function isTooFast(error: unknown): boolean {
  return error instanceof Error && /\b429\b/.test(error.message);
}
