/** Reads the users' databases from disk, as the last life of the server left them. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { RecordedEvent } from "./chain.ts";
import type { DatabaseEnd } from "./history.ts";

type Row = Record<string, string | number | null>;

/** @param folder of the objects' storage, the server not running @returns by user id */
export function readDatabases(folder: string): Map<string, DatabaseEnd> {
  const found = new Map<string, DatabaseEnd>();
  for (const file of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    if (!file.endsWith(".sqlite")) continue;
    const database = new DatabaseSync(join(folder, file));
    try {
      const [userId, end] = readDatabase(database);
      if (userId !== undefined) found.set(userId, end);
    } finally {
      database.close();
    }
  }
  return found;
}

function readDatabase(database: DatabaseSync): [userId: string | undefined, end: DatabaseEnd] {
  const all = (query: string): Row[] => database.prepare(query).all() as Row[];
  if (all("SELECT name FROM sqlite_master WHERE name = 'journal'").length === 0)
    return [undefined, { rows: [], flushedSeq: 0, batches: 0, lastHash: "", pending: false }];
  // The setup names devices by their user.
  const device = String(all("SELECT min(device_id) AS id FROM devices")[0]?.["id"] ?? "");
  const state = all("SELECT flushed_seq, batches, last_hash FROM outbox_state")[0] ?? {};
  return [
    device.startsWith("d_") ? device.slice(2) : undefined,
    {
      rows: all("SELECT * FROM journal ORDER BY seq").map(event),
      flushedSeq: Number(state["flushed_seq"]),
      batches: Number(state["batches"]),
      lastHash: String(state["last_hash"]),
      pending: all("SELECT id FROM outbox_batch").length > 0,
    },
  ];
}

function event(row: Row): RecordedEvent {
  const started = JSON.parse(String(row["started"])) as {
    requestId: string;
    protocol: string | null;
    bytes_in: number;
  };
  return {
    ...started,
    seq: Number(row["seq"]),
    t_ms: Number(row["t_ms"]),
    counted: row["counted"] === 1,
    outcome: row["outcome"] === null ? null : String(row["outcome"]),
  };
}
