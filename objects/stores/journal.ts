import { WINDOW_MS } from "../limits.ts";
import type { ActivityEvent, Beginning, Ending, Outcome } from "../rpc/views.ts";

/** An event with its time as a number (ms since the epoch). */
export type JournalEvent = Omit<ActivityEvent, "time"> & { t_ms: number };

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

/** Rows kept for new events after theirs have been released; what is more is deleted. */
const SPARE_ROWS = 500;

/**
 * Table `journal`: the gapless record of admitted requests and account events. The rows of released events, oldest
 * first, become the rows of new ones: a deletion is billed like a row written, and there is one event for another.
 */
export class JournalStore {
  readonly #sql: SqlStorage;
  #lastSeq: number;
  #last_ms: number;
  /** The oldest row here. */
  #firstSeq: number;
  /** Rows up to this one may be used again. */
  #releasedSeq = 0;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    const end = (order: "ASC" | "DESC") =>
      sql
        .exec<{ seq: number; t_ms: number }>(`SELECT seq, t_ms FROM journal ORDER BY seq ${order} LIMIT 1`)
        .toArray()[0];
    const last = end("DESC");
    this.#lastSeq = last?.seq ?? 0;
    this.#last_ms = last?.t_ms ?? 0;
    this.#firstSeq = end("ASC")?.seq ?? 1;
  }

  get lastSeq(): number {
    return this.#lastSeq;
  }

  get last_ms(): number {
    return this.#last_ms;
  }

  /**
   * Writes one row. Synchronous: no other request can come between a limit check and this.
   * @param finished for an event that has ended by then
   */
  begin(event: Beginning, t_ms: number, counted: boolean, finished?: Ending): number {
    const seq = this.#lastSeq + 1;
    const row = [
      seq,
      t_ms,
      counted ? 1 : 0,
      event.deviceId,
      event.method,
      event.tool,
      startedJson(event),
      finished?.outcome ?? null,
      finished === undefined ? null : finishedJson(finished),
    ];
    let written = 0;
    if (this.#firstSeq <= this.#releasedSeq) {
      ({ rowsWritten: written } = this.#sql.exec(
        `UPDATE journal SET seq = ?, t_ms = ?, counted = ?, device_id = ?, method = ?, tool = ?, started = ?,
           outcome = ?, finished = ? WHERE seq = ?`,
        ...row,
        this.#firstSeq,
      ));
      this.#firstSeq++;
    }
    // Nothing was released, or there is a gap where its row should be: no event is lost for that.
    if (written === 0) {
      this.#sql.exec(
        `INSERT INTO journal (seq, t_ms, counted, device_id, method, tool, started, outcome, finished)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        ...row,
      );
    }
    this.#lastSeq = seq;
    this.#last_ms = t_ms;
    return seq;
  }

  /** The events up to this one are gone, but are known to have been: the next one comes after it. */
  goOnAfter(seq: number): void {
    this.#lastSeq = Math.max(this.#lastSeq, seq);
  }

  /** Records the end of a row; the first end wins. @returns bytes the row takes in a batch, roughly */
  end(seq: number, finished: Ending): void {
    this.#sql.exec(
      "UPDATE journal SET outcome = ?, finished = ? WHERE seq = ? AND outcome IS NULL",
      finished.outcome,
      finishedJson(finished),
      seq,
    );
  }

  /** Rows left open by an earlier life of the object: their outcome will never be known. */
  abandonAll(fromSeq: number): void {
    this.#sql.exec("UPDATE journal SET outcome = 'unknown' WHERE seq > ? AND outcome IS NULL", fromSeq);
  }

  /** A row of this life that its call never ended. */
  abandon(seq: number): void {
    this.#sql.exec("UPDATE journal SET outcome = 'unknown' WHERE seq = ? AND outcome IS NULL", seq);
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
    for (const row of this.#between(afterSeq, maxSeq)) yield event(row);
  }

  /**
   * The same as a batch holds them: JSON with the time in words (ISO 8601) instead of `t_ms`. The halves of an event
   * are stored as JSON and are not parsed for it.
   */
  *texts(
    afterSeq: number,
    maxSeq: number,
  ): Generator<{ seq: number; time: string; ended: boolean; json: string }> {
    for (const row of this.#between(afterSeq, maxSeq)) {
      const time = new Date(row.t_ms).toISOString();
      const { seq, device_id: deviceId, method, tool, outcome } = row;
      const head = JSON.stringify({ time, seq, counted: row.counted === 1, deviceId, method, tool });
      let json = head.slice(0, -1) + members(row.started);
      if (outcome !== null) json += `,"outcome":"${outcome}"`;
      if (row.finished !== null) json += members(row.finished);
      yield { seq, time, ended: outcome !== null, json: `${json}}` };
    }
  }

  #between(afterSeq: number, maxSeq: number): Iterable<Row> {
    return this.#sql.exec<Row>(
      "SELECT * FROM journal WHERE seq > ? AND seq <= ? ORDER BY seq",
      afterSeq,
      maxSeq,
    );
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
   * Releases the rows that are in R2 and outside the window that ends with the newest row: the limiter's time never
   * runs back behind that one, whatever the clock does, so no later life can need them. The newest row always
   * stays: it carries the sequence and the clock. Call it once it is durable that they are in R2.
   */
  release(flushedSeq: number): void {
    const released = this.#sql
      .exec<{ seq: number }>(
        "SELECT seq FROM journal WHERE seq <= ? AND seq < ? AND t_ms <= ? ORDER BY seq DESC LIMIT 1",
        flushedSeq,
        this.#lastSeq,
        this.#last_ms - WINDOW_MS,
      )
      .toArray()[0];
    if (released === undefined) return;
    this.#releasedSeq = released.seq;
    const surplusSeq = released.seq - SPARE_ROWS;
    if (surplusSeq < this.#firstSeq) return;
    this.#sql.exec("DELETE FROM journal WHERE seq <= ?", surplusSeq);
    this.#firstSeq = surplusSeq + 1;
  }
}

/** JSON of what has no column of its own. Written out: this is the most frequent of all writes. */
function startedJson({ requestId, client, protocol, fields, ids, bytes_in }: Beginning): string {
  return JSON.stringify({ requestId, client, protocol, fields, ids, bytes_in });
}

function finishedJson({ duration_ms, upstream_calls, bytes_out, targets, incident }: Ending): string {
  return JSON.stringify({ duration_ms, upstream_calls, bytes_out, targets, incident });
}

/** The members of a JSON object, each after a comma. */
function members(object: string): string {
  return object === "{}" ? "" : `,${object.slice(1, -1)}`;
}

function event(row: Row): JournalEvent {
  return {
    seq: row.seq,
    t_ms: row.t_ms,
    counted: row.counted === 1,
    deviceId: row.device_id,
    method: row.method,
    tool: row.tool,
    ...(JSON.parse(row.started) as Omit<Beginning, "deviceId" | "method" | "tool">),
    ...(row.outcome === null ? {} : { outcome: row.outcome }),
    ...(row.finished === null ? {} : (JSON.parse(row.finished) as Omit<Ending, "outcome">)),
  };
}
