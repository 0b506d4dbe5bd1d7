import type { NewWebSession, WebSessionView } from "../rpc/user.ts";

type Row = {
  session_id: string;
  label: string;
  created_ms: number;
  last_seen_ms: number;
  expires_ms: number;
};

/** Table `web_sessions`: the browsers signed in to the account page. */
export class WebSessionStore {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** Adds a session and removes the least recently used ones above `max`. */
  add(session: NewWebSession, now_ms: number, max: number): void {
    this.#sql.exec(
      "INSERT INTO web_sessions (session_id, label, created_ms, last_seen_ms, expires_ms) VALUES (?, ?, ?, ?, ?)",
      session.sessionId,
      session.label,
      now_ms,
      now_ms,
      session.expires_ms,
    );
    this.#sql.exec(
      `DELETE FROM web_sessions WHERE session_id NOT IN
       (SELECT session_id FROM web_sessions ORDER BY last_seen_ms DESC, created_ms DESC LIMIT ?)`,
      max,
    );
  }

  /** @returns the session while it lasts */
  get(sessionId: string, now_ms: number): WebSessionView | undefined {
    const row = this.#sql
      .exec<Row>("SELECT * FROM web_sessions WHERE session_id = ? AND expires_ms > ?", sessionId, now_ms)
      .toArray()[0];
    return row === undefined ? undefined : view(row);
  }

  /** Most recently used first. */
  list(now_ms: number): WebSessionView[] {
    return this.#sql
      .exec<Row>("SELECT * FROM web_sessions WHERE expires_ms > ? ORDER BY last_seen_ms DESC", now_ms)
      .toArray()
      .map(view);
  }

  seen(sessionId: string, now_ms: number): void {
    this.#sql.exec("UPDATE web_sessions SET last_seen_ms = ? WHERE session_id = ?", now_ms, sessionId);
  }

  remove(sessionId: string): void {
    this.#sql.exec("DELETE FROM web_sessions WHERE session_id = ?", sessionId);
  }

  clear(): void {
    this.#sql.exec("DELETE FROM web_sessions");
  }

  /** Removes what has expired. */
  prune(now_ms: number): void {
    this.#sql.exec("DELETE FROM web_sessions WHERE expires_ms <= ?", now_ms);
  }
}

function view(row: Row): WebSessionView {
  return {
    sessionId: row.session_id,
    label: row.label,
    created_ms: row.created_ms,
    last_seen_ms: row.last_seen_ms,
    expires_ms: row.expires_ms,
  };
}
