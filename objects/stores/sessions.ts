import {
  LAST_SEEN_EVERY_MS,
  MAX_SESSION_EVENT_BYTES,
  MAX_SESSION_EVENTS,
  MAX_DEVICE_SESSIONS,
  MAX_SESSIONS,
  SESSION_IDLE_MS,
} from "../limits.ts";

export type SessionKind = "http" | "sse";

export interface SessionRow {
  sessionId: string;
  kind: SessionKind;
  deviceId: string;
  /** Revision negotiated by initialize. */
  protocol: string;
  /** The initialize params, to rebuild the session after eviction. */
  initialize: unknown;
  logLevel: string | null;
  subscriptions: string[];
  created_ms: number;
  last_seen_ms: number;
}

export type StoredEvent = {
  seq: number;
  message: string;
};

type Row = {
  session_id: string;
  kind: SessionKind;
  device_id: string;
  protocol: string;
  initialize: string;
  log_level: string | null;
  subscriptions: string;
  created_ms: number;
  last_seen_ms: number;
};

/** Tables `sessions` and `session_events`: the user's MCP sessions and what was sent on their streams. */
export class SessionStore {
  readonly #sql: SqlStorage;
  /** Rows as last read: every message of a session looks its row up. Only this store writes them. */
  readonly #read = new Map<string, SessionRow>();

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** Adds a session. @returns ids of the least recently used sessions that had to go to stay within the cap */
  add(
    row: Pick<SessionRow, "sessionId" | "kind" | "deviceId" | "protocol" | "initialize">,
    now_ms: number,
  ): string[] {
    const ids = (sql: string, ...values: (string | number)[]): string[] =>
      this.#sql
        .exec<{ session_id: string }>(sql, ...values)
        .toArray()
        .map((r) => r.session_id);
    // A device makes room among its own first: one that opens many takes none from another.
    const own = ids(
      "SELECT session_id FROM sessions WHERE device_id = ? ORDER BY last_seen_ms DESC, session_id",
      row.deviceId,
    );
    const all = ids("SELECT session_id FROM sessions ORDER BY last_seen_ms DESC, session_id");
    const ousted = own.slice(MAX_DEVICE_SESSIONS - 1);
    if (ousted.length === 0 && all.length >= MAX_SESSIONS) ousted.push(own.at(-1) ?? all.at(-1) ?? "");
    for (const id of ousted) this.remove(id);
    this.#sql.exec(
      `INSERT INTO sessions (session_id, kind, device_id, protocol, initialize, subscriptions, created_ms, last_seen_ms)
       VALUES (?, ?, ?, ?, ?, '[]', ?, ?)`,
      row.sessionId,
      row.kind,
      row.deviceId,
      row.protocol,
      JSON.stringify(row.initialize),
      now_ms,
      now_ms,
    );
    return ousted;
  }

  /** @returns undefined when there is no such session, or it has been idle too long */
  get(sessionId: string, now_ms: number): SessionRow | undefined {
    const session = this.#read.get(sessionId) ?? this.#load(sessionId);
    return session === undefined || session.last_seen_ms <= now_ms - SESSION_IDLE_MS ? undefined : session;
  }

  #load(sessionId: string): SessionRow | undefined {
    const row = this.#sql.exec<Row>("SELECT * FROM sessions WHERE session_id = ?", sessionId).toArray()[0];
    if (row === undefined) return undefined;
    const session = view(row);
    this.#read.set(sessionId, session);
    return session;
  }

  /** Most recently used first. */
  list(now_ms: number): SessionRow[] {
    return this.#sql
      .exec<Row>(
        "SELECT * FROM sessions WHERE last_seen_ms > ? ORDER BY last_seen_ms DESC",
        now_ms - SESSION_IDLE_MS,
      )
      .toArray()
      .map(view);
  }

  /** Notes the use of a session, at most once a minute. */
  seen(session: SessionRow, now_ms: number): void {
    if (now_ms - session.last_seen_ms < LAST_SEEN_EVERY_MS) return;
    session.last_seen_ms = now_ms;
    this.#read.delete(session.sessionId);
    this.#sql.exec("UPDATE sessions SET last_seen_ms = ? WHERE session_id = ?", now_ms, session.sessionId);
  }

  setInitialize(sessionId: string, protocol: string, initialize: unknown): void {
    this.#read.delete(sessionId);
    this.#sql.exec(
      "UPDATE sessions SET protocol = ?, initialize = ? WHERE session_id = ?",
      protocol,
      JSON.stringify(initialize),
      sessionId,
    );
  }

  setLogLevel(sessionId: string, level: string): void {
    this.#read.delete(sessionId);
    this.#sql.exec("UPDATE sessions SET log_level = ? WHERE session_id = ?", level, sessionId);
  }

  setSubscriptions(sessionId: string, uris: readonly string[]): void {
    this.#read.delete(sessionId);
    this.#sql.exec(
      "UPDATE sessions SET subscriptions = ? WHERE session_id = ?",
      JSON.stringify(uris),
      sessionId,
    );
  }

  /** @returns true when the session existed */
  remove(sessionId: string): boolean {
    this.#read.delete(sessionId);
    this.#sql.exec("DELETE FROM session_events WHERE session_id = ?", sessionId);
    return (
      this.#sql
        .exec<{ session_id: string }>(
          "DELETE FROM sessions WHERE session_id = ? RETURNING session_id",
          sessionId,
        )
        .toArray().length > 0
    );
  }

  /** Removes sessions idle too long. @returns their ids */
  expire(now_ms: number): string[] {
    const ids = this.#sql
      .exec<{ session_id: string }>(
        "SELECT session_id FROM sessions WHERE last_seen_ms <= ?",
        now_ms - SESSION_IDLE_MS,
      )
      .toArray()
      .map((r) => r.session_id);
    for (const id of ids) this.remove(id);
    return ids;
  }

  /** Logs a message sent on a stream; "" marks the start of a stream. @returns its position */
  append(sessionId: string, streamId: string, message: string): number {
    const { seq } = this.#sql
      .exec<{ seq: number }>(
        "INSERT INTO session_events (session_id, stream_id, message) VALUES (?, ?, ?) RETURNING seq",
        sessionId,
        streamId,
        message,
      )
      .one();
    // Looked at now and then: the bound is on storage, not on the exact count.
    if (seq % 64 === 0 || message.length > MAX_SESSION_EVENT_BYTES / 16) this.#trim(sessionId);
    return seq;
  }

  /** Messages of a stream after a position, oldest first. */
  after(sessionId: string, streamId: string, seq: number): StoredEvent[] {
    return this.#sql
      .exec<StoredEvent>(
        "SELECT seq, message FROM session_events WHERE session_id = ? AND stream_id = ? AND seq > ? AND message <> '' ORDER BY seq",
        sessionId,
        streamId,
        seq,
      )
      .toArray();
  }

  /** True when the stream has an event in the log. */
  knowsStream(sessionId: string, streamId: string): boolean {
    return (
      this.#sql
        .exec(
          "SELECT 1 FROM session_events WHERE session_id = ? AND stream_id = ? LIMIT 1",
          sessionId,
          streamId,
        )
        .toArray().length > 0
    );
  }

  /** Keeps the newest events of a session within the bounds on count and size. */
  #trim(sessionId: string): void {
    let events = 0;
    let bytes = 0;
    const rows = this.#sql.exec<{ seq: number; bytes: number }>(
      "SELECT seq, length(message) AS bytes FROM session_events WHERE session_id = ? ORDER BY seq DESC",
      sessionId,
    );
    for (const row of rows) {
      events++;
      bytes += row.bytes;
      if (events > MAX_SESSION_EVENTS || (events > 1 && bytes > MAX_SESSION_EVENT_BYTES)) {
        this.#sql.exec("DELETE FROM session_events WHERE session_id = ? AND seq <= ?", sessionId, row.seq);
        return;
      }
    }
  }
}

function view(row: Row): SessionRow {
  return {
    sessionId: row.session_id,
    kind: row.kind,
    deviceId: row.device_id,
    protocol: row.protocol,
    initialize: JSON.parse(row.initialize),
    logLevel: row.log_level,
    subscriptions: JSON.parse(row.subscriptions) as string[],
    created_ms: row.created_ms,
    last_seen_ms: row.last_seen_ms,
  };
}
