import { MAX_TASKS } from "../limits.ts";

export type LongCallStatus = "working" | "input_required" | "completed" | "failed" | "cancelled";

export interface LongCallRow {
  taskId: string;
  deviceId: string;
  status: LongCallStatus;
  message: string | null;
  /** The tool's result, once completed. */
  result: Record<string, unknown> | null;
  /** A JSON-RPC error object, once failed. */
  error: Record<string, unknown> | null;
  /** What the client still has to answer, by key. */
  inputRequests: Record<string, unknown> | null;
  created_ms: number;
  updated_ms: number;
  /** How long after creation the task can be asked for. */
  ttl_ms: number;
}

type Row = {
  task_id: string;
  device_id: string;
  status: LongCallStatus;
  message: string | null;
  result: string | null;
  error: string | null;
  input_requests: string | null;
  created_ms: number;
  updated_ms: number;
  ttl_ms: number;
};

/** Table `tasks`: tool calls that go on after their first answer. */
export class LongCallStore {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** @returns false when the user has as many tasks as may be kept */
  add(taskId: string, deviceId: string, ttl_ms: number, now_ms: number): boolean {
    this.prune(now_ms);
    const { n } = this.#sql.exec<{ n: number }>("SELECT count(*) AS n FROM tasks").one();
    if (n >= MAX_TASKS) return false;
    this.#sql.exec(
      "INSERT INTO tasks (task_id, device_id, status, created_ms, updated_ms, ttl_ms) VALUES (?, ?, 'working', ?, ?, ?)",
      taskId,
      deviceId,
      now_ms,
      now_ms,
      ttl_ms,
    );
    return true;
  }

  /** @returns undefined for a task that does not exist, has expired, or belongs to another device */
  get(taskId: string, deviceId: string, now_ms: number): LongCallRow | undefined {
    const row = this.#sql
      .exec<Row>(
        "SELECT * FROM tasks WHERE task_id = ? AND device_id = ? AND created_ms + ttl_ms > ?",
        taskId,
        deviceId,
        now_ms,
      )
      .toArray()[0];
    return row === undefined ? undefined : view(row);
  }

  /** Moves a task on; one that has ended stays as it is. */
  update(
    taskId: string,
    change: { status: LongCallStatus } & Partial<
      Pick<LongCallRow, "message" | "result" | "error" | "inputRequests">
    >,
    now_ms: number,
  ): void {
    this.#sql.exec(
      `UPDATE tasks SET status = ?, message = ?, result = ?, error = ?, input_requests = ?, updated_ms = ?
       WHERE task_id = ? AND status IN ('working', 'input_required')`,
      change.status,
      change.message ?? null,
      json(change.result),
      json(change.error),
      json(change.inputRequests),
      now_ms,
      taskId,
    );
  }

  /** Removes tasks whose time is over. */
  prune(now_ms: number): void {
    this.#sql.exec("DELETE FROM tasks WHERE created_ms + ttl_ms <= ?", now_ms);
  }
}

function json(value: Record<string, unknown> | null | undefined): string | null {
  return value === undefined || value === null ? null : JSON.stringify(value);
}

function parsed(text: string | null): Record<string, unknown> | null {
  return text === null ? null : (JSON.parse(text) as Record<string, unknown>);
}

function view(row: Row): LongCallRow {
  return {
    taskId: row.task_id,
    deviceId: row.device_id,
    status: row.status,
    message: row.message,
    result: parsed(row.result),
    error: parsed(row.error),
    inputRequests: parsed(row.input_requests),
    created_ms: row.created_ms,
    updated_ms: row.updated_ms,
    ttl_ms: row.ttl_ms,
  };
}
