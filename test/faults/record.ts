/** What is known of a user's calls: the journal in the object, the batches in R2, and whether they are one record. */
import { env } from "cloudflare:workers";
import { runInDurableObject } from "cloudflare:test";
import { expect } from "vitest";
import { userObject } from "../support/users.ts";

export interface RecordedEvent {
  seq: number;
  t_ms: number;
  counted: boolean;
  requestId: string;
  method: string;
  tool: string | null;
  /** Undefined while the call runs. */
  outcome: string | undefined;
}

interface StoredBatch {
  batch: number;
  first_seq: number;
  last_seq: number;
  previous_sha256: string;
  events: (Omit<RecordedEvent, "t_ms"> & { time: string })[];
}

/** Rows of the journal that are still in the object, oldest first. */
export function journalOf(userId: string): Promise<RecordedEvent[]> {
  return runInDurableObject(userObject(userId), (_, state) =>
    state.storage.sql
      .exec<{
        seq: number;
        t_ms: number;
        counted: number;
        method: string;
        tool: string | null;
        outcome: string | null;
        started: string;
      }>("SELECT seq, t_ms, counted, method, tool, outcome, started FROM journal ORDER BY seq")
      .toArray()
      .map(({ started, counted, outcome, ...row }) => ({
        ...row,
        counted: counted === 1,
        outcome: outcome ?? undefined,
        requestId: (JSON.parse(started) as { requestId: string }).requestId,
      })),
  );
}

/**
 * Events in R2, oldest first. Fails when the batches are not one unbroken chain from the first: numbers, sequence,
 * hashes, one UTC day each.
 */
export async function archiveOf(userId: string): Promise<RecordedEvent[]> {
  const keys: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await env.AUDIT_LOGS.list({ prefix: `audit/${userId}/`, ...(cursor && { cursor }) });
    keys.push(...page.objects.map((o) => o.key));
    cursor = page.truncated ? page.cursor : undefined;
  } while (cursor !== undefined);
  const bodies = await Promise.all(
    keys.map(async (key) => ({ key, text: (await (await env.AUDIT_LOGS.get(key))?.text()) ?? "" })),
  );
  const batches = bodies.map(({ key, text }) => ({ key, text, ...(JSON.parse(text) as StoredBatch) }));
  batches.sort((a, b) => a.batch - b.batch);
  let previous = "";
  let seq = 0;
  for (const [i, batch] of batches.entries()) {
    expect(batch.batch, batch.key).toBe(i + 1);
    expect(batch.previous_sha256, batch.key).toBe(previous);
    expect(batch.first_seq, batch.key).toBe(seq + 1);
    expect(batch.events.map((e) => e.seq)).toEqual(
      Array.from({ length: batch.last_seq - batch.first_seq + 1 }, (_, k) => batch.first_seq + k),
    );
    expect(new Set(batch.events.map((e) => e.time.slice(0, 10)))).toEqual(new Set([batch.key.split("/")[2]]));
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(batch.text));
    previous = new Uint8Array(digest).toHex();
    seq = batch.last_seq;
  }
  return batches.flatMap((b) => b.events.map(({ time, ...e }) => ({ ...e, t_ms: Date.parse(time) })));
}

/**
 * The whole record: archive and journal without a gap or a twin, an event in both being the same event.
 * @returns every event, oldest first
 */
export async function recordOf(userId: string): Promise<RecordedEvent[]> {
  const journal = await journalOf(userId);
  const archived = await archiveOf(userId);
  const last = archived.at(-1)?.seq ?? 0;
  for (const row of journal.filter((r) => r.seq <= last)) {
    const twin = archived[row.seq - 1];
    expect([row.requestId, row.method, row.outcome]).toEqual([twin?.requestId, twin?.method, twin?.outcome]);
  }
  const all = [...archived, ...journal.filter((r) => r.seq > last)];
  expect(all.map((e) => e.seq)).toEqual(all.map((_, i) => i + 1));
  const times = all.map((e) => e.t_ms);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  return all;
}
