/** A batch with its key and body fixed: every attempt to store it is the same. */
export type Batch = {
  r2_key: string;
  first_seq: number;
  last_seq: number;
  body: string;
  /** Hex SHA-256 of `body`. */
  sha256: string;
  attempts: number;
};

export interface OutboxState {
  /** Every event up to this one is in R2. */
  flushedSeq: number;
  /** Batches stored so far. */
  batches: number;
  /** SHA-256 of the newest stored batch, which the next one carries; "" before the first. */
  lastHash: string;
}

/** Tables `outbox_batch` and `outbox_state`: what is on its way to R2, and how far the journal has come. */
export class OutboxStore {
  readonly #sql: SqlStorage;
  #state: OutboxState;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    this.#state = this.#read();
  }

  get state(): OutboxState {
    return this.#state;
  }

  pending(): Batch | undefined {
    return this.#sql
      .exec<Batch>(
        "SELECT r2_key, first_seq, last_seq, body, sha256, attempts FROM outbox_batch WHERE id = 1",
      )
      .toArray()[0];
  }

  /** Fixes a batch before its first attempt. */
  freeze(batch: Batch): void {
    this.#sql.exec(
      "INSERT INTO outbox_batch (id, r2_key, first_seq, last_seq, body, sha256, attempts) VALUES (1, ?, ?, ?, ?, ?, ?)",
      batch.r2_key,
      batch.first_seq,
      batch.last_seq,
      batch.body,
      batch.sha256,
      batch.attempts,
    );
  }

  attempted(): void {
    this.#sql.exec("UPDATE outbox_batch SET attempts = attempts + 1 WHERE id = 1");
  }

  /** The batch is in R2: forget it and move on. Call inside `transactionSync`. */
  stored(batch: Batch): void {
    this.#sql.exec("DELETE FROM outbox_batch WHERE id = 1");
    this.advance(batch.last_seq, batch.sha256, 1);
  }

  /** Moves the mark; without a hash when audit logging is off and nothing was stored. */
  advance(flushedSeq: number, hash = this.#state.lastHash, batches = 0): void {
    this.#sql.exec(
      "UPDATE outbox_state SET flushed_seq = ?, batches = batches + ?, last_hash = ? WHERE id = 1",
      flushedSeq,
      batches,
      hash,
    );
    this.#state = this.#read();
  }

  #read(): OutboxState {
    const row = this.#sql
      .exec<{ flushed_seq: number; batches: number; last_hash: string }>(
        "SELECT flushed_seq, batches, last_hash FROM outbox_state WHERE id = 1",
      )
      .one();
    return { flushedSeq: row.flushed_seq, batches: row.batches, lastHash: row.last_hash };
  }
}
