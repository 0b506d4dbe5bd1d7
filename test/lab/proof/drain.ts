/** The end of a run: everything that waits reaches R2, by the objects' own alarms or by the operator's command. */
import type { R2Bucket } from "../workerd/r2.ts";

interface Stand {
  userId: string;
  /** Where the record ends in the object. */
  lastSeq: number;
}

/** An event waits a minute at most, and a batch that failed some times a little longer. */
const ALARMS_WITHIN_MS = 150_000;
const LOOK_EVERY_MS = 250;

export async function admin(
  origin: string,
  command: string,
  input: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  const answer = await fetch(`${origin}/${command}`, { method: "POST", body: JSON.stringify(input) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${command} answered ${answer.status}: ${text.slice(0, 300)}`);
  return JSON.parse(text) as Record<string, unknown>;
}

/** Where each user's record ends now. */
export function standsOf(origin: string, userIds: readonly string[]): Promise<Stand[]> {
  return Promise.all(
    userIds.map(async (user) => {
      const { outbox } = (await admin(origin, "inspect", { user })) as {
        outbox: { flushedSeq: number; depth: number };
      };
      return { userId: user, lastSeq: outbox.flushedSeq + outbox.depth };
    }),
  );
}

/**
 * Nobody asks the objects anything: only their alarms can wake them.
 * @returns how long it took, ms, and the users whose events did not all arrive
 */
export async function waitForAlarms(
  r2: R2Bucket,
  stands: readonly Stand[],
): Promise<{ took_ms: number; left: string[] }> {
  const started_ms = Date.now();
  for (;;) {
    const took_ms = Date.now() - started_ms;
    const left = stands.filter(({ userId, lastSeq }) => storedUpTo(r2, userId) < lastSeq);
    if (left.length === 0 || took_ms > ALARMS_WITHIN_MS) {
      return { took_ms, left: left.map(({ userId }) => userId) };
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

/** By the operator's command. */
export async function flushAll(origin: string, userIds: readonly string[]): Promise<void> {
  await Promise.all(userIds.map((user) => admin(origin, "flush", { user })));
}

/** What the product's own proof of the record says; empty when nothing is wrong. */
export async function proofOf(origin: string, userIds: readonly string[]): Promise<string[]> {
  const proofs = await Promise.all(
    userIds.map(async (user) => {
      const { problems } = (await admin(origin, "audit", { user, verify: true })) as { problems: string[] };
      return problems.map((problem) => `${user}: ${problem}`);
    }),
  );
  return proofs.flat();
}

function storedUpTo(r2: R2Bucket, userId: string): number {
  let last = 0;
  for (const [key, { body }] of r2.objects) {
    if (!key.startsWith(`audit/${userId}/`)) continue;
    last = Math.max(last, (JSON.parse(body) as { last_seq: number }).last_seq);
  }
  return last;
}
