import { WINDOW_MS } from "../limits.ts";

/** How a journaled call or event ended. `unknown`: the object died before it could say. */
export type Outcome =
  | "ok"
  | "input_required"
  | "user_error"
  | "upstream_error"
  | "unknown_outcome"
  | "refused_tier"
  | "refused_grant"
  | "protocol_error"
  | "internal_error"
  | "cancelled"
  | "unknown";

/** What is known when a request is admitted. Ids and field names only: never content, never tokens. */
export interface Started {
  requestId: string;
  deviceId: string | null;
  client: string;
  /** MCP revision the message was sent for, or null for account events. */
  protocol: string | null;
  method: string;
  tool: string | null;
  /** Names of the arguments, and the values of those that are ids. */
  fields: string[];
  ids: Record<string, string>;
  bytes_in: number;
}

/** What is known when it ended. */
export interface Finished {
  outcome: Outcome;
  duration_ms: number;
  upstream_calls: number;
  bytes_out: number;
  /** Objects read or changed: "kind:id". */
  targets: string[];
  incident?: string;
}

export type JournalEvent = Started & { seq: number; t_ms: number; counted: boolean } & Partial<Finished>;

type Row = {
  seq: number;
  t_ms: number;
  counted: number;
  device_id: string | null;
  method: string;
  tool: string | null;
  started: string;
  outcome: Outcome | null;
  finished: string | null;
};

/** Table `journal`: the gapless record of admitted requests and account events. */
export class JournalStore {
  readonly #sql: SqlStorage;
  #lastSeq: number;
  #last_ms: number;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    const last = sql
      .exec<{ seq: number; t_ms: number }>("SELECT seq, t_ms FROM journal ORDER BY seq DESC LIMIT 1")
      .toArray()[0];
    this.#lastSeq = last?.seq ?? 0;
    this.#last_ms = last?.t_ms ?? 0;
  }

  get lastSeq(): number {
    return this.#lastSeq;
  }

  get last_ms(): number {
    return this.#last_ms;
  }

  /** Inserts one row. Synchronous: no other request can come between a limit check and this. */
  start(event: Started, t_ms: number, counted: boolean): number {
    const seq = this.#lastSeq + 1;
    const { deviceId, method, tool, ...rest } = event;
    this.#sql.exec(
      "INSERT INTO journal (seq, t_ms, counted, device_id, method, tool, started) VALUES (?, ?, ?, ?, ?, ?, ?)",
      seq,
      t_ms,
      counted ? 1 : 0,
      deviceId,
      method,
      tool,
      JSON.stringify(rest),
    );
    this.#lastSeq = seq;
    this.#last_ms = t_ms;
    return seq;
  }

  /** Records the end of a row; the first end wins. @returns bytes the row takes in a batch, roughly */
  finish(seq: number, finished: Finished): void {
    const { outcome, ...rest } = finished;
    this.#sql.exec(
      "UPDATE journal SET outcome = ?, finished = ? WHERE seq = ? AND outcome IS NULL",
      outcome,
      JSON.stringify(rest),
      seq,
    );
  }

  /** Rows left open by an earlier life of the object: their outcome will never be known. */
  closeAbandoned(fromSeq: number): void {
    this.#sql.exec("UPDATE journal SET outcome = 'unknown' WHERE seq > ? AND outcome IS NULL", fromSeq);
  }

  /** Times of counted rows of the last window, oldest first. Reads only as many rows as the window holds. */
  windowTimes(now_ms: number): number[] {
    const times: number[] = [];
    const rows = this.#sql.exec<{ t_ms: number; counted: number }>(
      "SELECT t_ms, counted FROM journal ORDER BY seq DESC",
    );
    for (const row of rows) {
      if (row.t_ms <= now_ms - WINDOW_MS) break;
      if (row.counted === 1) times.push(row.t_ms);
    }
    return times.reverse();
  }

  /** Events after `afterSeq` up to `maxSeq`, oldest first. */
  *events(afterSeq: number, maxSeq: number): Generator<JournalEvent> {
    const rows = this.#sql.exec<Row>(
      "SELECT * FROM journal WHERE seq > ? AND seq <= ? ORDER BY seq",
      afterSeq,
      maxSeq,
    );
    for (const row of rows) yield event(row);
  }

  /** The newest events, newest first. */
  recent(limit: number): JournalEvent[] {
    return this.#sql.exec<Row>("SELECT * FROM journal ORDER BY seq DESC LIMIT ?", limit).toArray().map(event);
  }

  /** Events before `beforeSeq`, newest first, as far as they are still here. Read it without awaiting in between. */
  *newest(beforeSeq: number): Generator<JournalEvent> {
    const rows = this.#sql.exec<Row>("SELECT * FROM journal WHERE seq < ? ORDER BY seq DESC", beforeSeq);
    for (const row of rows) yield event(row);
  }

  /**
   * Deletes rows that are in R2 and outside the window that ends with the newest row: the limiter's time never
   * runs back behind that one, whatever the clock does, so no later life can need them. The newest row always
   * stays: it carries the sequence and the clock.
   */
  prune(flushedSeq: number): void {
    this.#sql.exec(
      "DELETE FROM journal WHERE seq <= ? AND seq < ? AND t_ms <= ?",
      flushedSeq,
      this.#lastSeq,
      this.#last_ms - WINDOW_MS,
    );
  }
}

function event(row: Row): JournalEvent {
  return {
    seq: row.seq,
    t_ms: row.t_ms,
    counted: row.counted === 1,
    deviceId: row.device_id,
    method: row.method,
    tool: row.tool,
    ...(JSON.parse(row.started) as Omit<Started, "deviceId" | "method" | "tool">),
    ...(row.outcome === null ? {} : { outcome: row.outcome }),
    ...(row.finished === null ? {} : (JSON.parse(row.finished) as Omit<Finished, "outcome">)),
  };
}
