/**
 * A user's record, put together from R2 and what still waits in the object, and proved: every batch is the bytes the
 * next one carries the hash of, no batch is missing, no event is missing. The proof reads R2 by itself; the object
 * only says where its chain ends.
 */
import * as z from "zod";
import type { AuditHead } from "../../objects/rpc/operator.ts";
import type { Bindings } from "../env.ts";
import { findUser } from "./users.ts";

const event = z.looseObject({ seq: z.number(), time: z.string() });
const batchBody = z.object({
  v: z.literal(1),
  user: z.string(),
  batch: z.number(),
  first_seq: z.number(),
  last_seq: z.number(),
  previous_sha256: z.string(),
  events: z.array(event),
});

export const auditInput = z.object({
  user: z.string().min(1),
  date: z.iso.date("must be a UTC date such as 2026-11-23").optional(),
  verify: z.boolean().default(false),
});

interface StoredBatch extends z.infer<typeof batchBody> {
  key: string;
  sha256: string;
}

export interface AuditAnswer {
  userId: string;
  date: string | null;
  /** In R2. */
  batches: { key: string; batch: number; first_seq: number; last_seq: number; sha256: string }[];
  /** Oldest first; `stored`: it is in R2. */
  events: (z.infer<typeof event> & { stored: boolean })[];
  /** Only with `verify`. Empty: nothing is missing and nothing was changed. */
  problems?: string[];
}

/** @param input `date`: one UTC day; without it everything */
export async function auditOf(input: z.infer<typeof auditInput>, env: Bindings): Promise<AuditAnswer> {
  const { userId, object } = await findUser(env, input.user);
  // The head first: what is stored afterwards is found in R2, and the chain may then end later than the head says.
  const head = await object.operator().auditHead();
  const prefix = `audit/${userId}/`;
  const problems: string[] = [];
  const all = await keysUnder(env.AUDIT_LOGS, prefix);
  const keys = all.filter((key) => input.date === undefined || key.startsWith(`${prefix}${input.date}/`));
  const batches: StoredBatch[] = [];
  for (const key of keys) batches.push(...(await readBatch(env.AUDIT_LOGS, key, userId, problems)));
  batches.sort((a, b) => a.batch - b.batch);
  const stored = batches.flatMap(({ events }) => events.map((e) => ({ ...e, stored: true })));
  const known = new Set(stored.map(({ seq }) => seq));
  const waiting = head.waiting
    .filter(({ time, seq }) => (input.date === undefined || time.startsWith(input.date)) && !known.has(seq))
    .map((e) => ({ ...e, stored: false }));
  const answer: AuditAnswer = {
    userId,
    date: input.date ?? null,
    batches: batches.map(({ key, batch, first_seq, last_seq, sha256 }) => ({
      key,
      batch,
      first_seq,
      last_seq,
      sha256,
    })),
    events: [...stored, ...waiting],
  };
  if (!input.verify) return answer;
  const before = await precedingBatch(env.AUDIT_LOGS, all, keys, userId, problems);
  problems.push(...chainProblems(before, batches));
  const reachesEnd = input.date === undefined || all.at(-1) === keys.at(-1);
  if (reachesEnd) problems.push(...headProblems(batches.at(-1) ?? before, head, waiting[0]?.seq));
  return { ...answer, problems };
}

async function keysUnder(bucket: R2Bucket, prefix: string): Promise<string[]> {
  const keys: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await bucket.list({ prefix, ...(cursor === undefined ? {} : { cursor }) });
    keys.push(...page.objects.map(({ key }) => key));
    cursor = page.truncated ? page.cursor : undefined;
  } while (cursor !== undefined);
  return keys.sort();
}

/** The batch before the first of `keys`, which carries the hash the chain starts from. */
async function precedingBatch(
  bucket: R2Bucket,
  all: readonly string[],
  keys: readonly string[],
  userId: string,
  problems: string[],
): Promise<StoredBatch | undefined> {
  const [first] = keys;
  const key = first === undefined ? undefined : all[all.indexOf(first) - 1];
  return key === undefined ? undefined : (await readBatch(bucket, key, userId, problems))[0];
}

async function readBatch(
  bucket: R2Bucket,
  key: string,
  userId: string,
  problems: string[],
): Promise<StoredBatch[]> {
  const text = await (await bucket.get(key))?.text();
  if (text === undefined) {
    problems.push(`${key} was listed and is gone`);
    return [];
  }
  const parsed = batchBody.safeParse(jsonOf(text));
  if (!parsed.success) {
    problems.push(`${key} is not a batch`);
    return [];
  }
  if (parsed.data.user !== userId) problems.push(`${key} names user ${parsed.data.user}`);
  return [{ key, sha256: await hexSha256(text), ...parsed.data }];
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON is not a batch; the schema says so.
    return undefined;
  }
}

/** Links, sequence and the events inside, from `before` on. */
function chainProblems(
  before: Pick<StoredBatch, "batch" | "sha256" | "last_seq"> | undefined,
  batches: readonly StoredBatch[],
): string[] {
  const problems: string[] = [];
  let previous = before ?? { batch: 0, sha256: "", last_seq: 0 };
  for (const current of batches) {
    const { key, batch, first_seq, last_seq } = current;
    if (batch === previous.batch) problems.push(`${key}: batch ${batch} is there twice`);
    else if (batch !== previous.batch + 1) {
      problems.push(`${key}: batch ${batch} follows batch ${previous.batch}; batches between are missing`);
    } else if (current.previous_sha256 !== previous.sha256) {
      problems.push(
        `${key}: carries another hash than batch ${previous.batch} has; one of the two was changed`,
      );
    }
    if (first_seq !== previous.last_seq + 1) {
      problems.push(`${key}: starts at event ${first_seq}, the one before ended at ${previous.last_seq}`);
    }
    const seqs = current.events.map(({ seq }) => seq);
    const expected = Array.from({ length: last_seq - first_seq + 1 }, (_, i) => first_seq + i);
    if (seqs.join() !== expected.join())
      problems.push(`${key}: its events are not ${first_seq} to ${last_seq}`);
    previous = current;
  }
  return problems;
}

function headProblems(
  last: Pick<StoredBatch, "batch" | "sha256" | "last_seq" | "key"> | undefined,
  head: AuditHead,
  firstWaiting: number | undefined,
): string[] {
  const batch = last?.batch ?? 0;
  const problems: string[] = [];
  // A batch may have arrived whose acknowledgement was lost, or was stored while we looked.
  if (batch < head.batches) {
    problems.push(
      `the object has stored ${head.batches} batches, R2 ends at batch ${batch}: the newest are missing`,
    );
  } else if (batch === head.batches && (last?.sha256 ?? "") !== head.lastHash) {
    problems.push(`${last?.key ?? "R2"}: the newest batch is not the one the object stored; it was changed`);
  }
  const end = last?.last_seq ?? 0;
  if (firstWaiting !== undefined && firstWaiting !== end + 1) {
    problems.push(`events ${end + 1} to ${firstWaiting - 1} are neither in R2 nor waiting`);
  }
  return problems;
}

async function hexSha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return new Uint8Array(digest).toHex();
}
