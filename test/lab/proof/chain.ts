/** A user's batches in R2, read one after the other as they were chained. */
import { createHash } from "node:crypto";

/** An event of the record, wherever it lies. */
export interface RecordedEvent {
  seq: number;
  t_ms: number;
  counted: boolean;
  requestId: string;
  /** Null for events of the account, which no MCP request made. */
  protocol: string | null;
  bytes_in: number;
  outcome: string | null;
}

interface Batch {
  batch: number;
  first_seq: number;
  last_seq: number;
  previous_sha256: string;
  user: string;
  events: (Omit<RecordedEvent, "t_ms"> & { time: string })[];
}

export class Chain {
  readonly problems: string[] = [];
  /** Where it ends so far. */
  end = { batch: 0, last_seq: 0, sha256: "" };
  readonly #userId: string;

  constructor(userId: string) {
    this.#userId = userId;
  }

  /** Takes the next batch; what does not fit is a problem. @returns its events */
  add(key: string, body: string): RecordedEvent[] {
    const { batch, user, previous_sha256, first_seq, last_seq, events } = JSON.parse(body) as Batch;
    const bad = (what: string): void => void this.problems.push(`${key} ${what}`);
    const { end } = this;
    const day = key.split("/")[2] ?? "";
    if (user !== this.#userId || !key.startsWith(`audit/${this.#userId}/`)) bad("is of another user");
    if (batch !== end.batch + 1) bad(`is batch ${batch} after ${end.batch}`);
    if (previous_sha256 !== end.sha256) bad("carries another hash");
    if (first_seq !== end.last_seq + 1) bad(`begins at ${first_seq} after ${end.last_seq}`);
    if (events[0]?.seq !== first_seq || events.at(-1)?.seq !== last_seq)
      bad(`does not hold ${first_seq} to ${last_seq}`);
    if (events.some(({ time }) => !time.startsWith(day))) bad("holds another day");
    this.end = { batch, last_seq, sha256: createHash("sha256").update(body).digest("hex") };
    return events.map(({ time, ...event }) => ({ ...event, t_ms: Date.parse(time) }));
  }
}

/** Its place among a user's batches. */
export function batchNumber(body: string): number {
  return (JSON.parse(body) as Batch).batch;
}
