/** Reads users' databases from disk, as the last life of the server left them. */
import { createHash, createHmac } from "node:crypto";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { RecordedEvent } from "./chain.ts";
import type { DatabaseEnd } from "./history.ts";

type Row = Record<string, string | number | null>;

/** The namespace of the users' objects, as `productService` of the name "product" makes it. */
const NAMESPACE = "product-UserObject";
/** Half the length of an object's id. */
const HALF_BYTES = 16;

/** @param stateDir folder of the objects' storage, the server not running */
export function databaseFile(stateDir: string, userId: string): string {
  return join(stateDir, NAMESPACE, `${objectId(userId)}.sqlite`);
}

/** workerd's id of a named object: a MAC of the name, and a MAC of that. */
function objectId(name: string): string {
  const key = createHash("sha256").update(NAMESPACE).digest();
  const mac = (value: string | Buffer): Buffer =>
    createHmac("sha256", key).update(value).digest().subarray(0, HALF_BYTES);
  const base = mac(name);
  return Buffer.concat([base, mac(base)]).toString("hex");
}

/** How a user's record stands in their database. @throws Error when there is none */
export function readDatabase(stateDir: string, userId: string): DatabaseEnd {
  const database = new DatabaseSync(databaseFile(stateDir, userId));
  try {
    const all = (query: string): Row[] => database.prepare(query).all() as Row[];
    const state = all("SELECT flushed_seq, batches, last_hash FROM outbox_state")[0] ?? {};
    return {
      rows: all("SELECT * FROM journal ORDER BY seq").map(event),
      flushedSeq: Number(state["flushed_seq"]),
      batches: Number(state["batches"]),
      lastHash: String(state["last_hash"]),
      pending: all("SELECT id FROM outbox_batch").length > 0,
    };
  } finally {
    database.close();
  }
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
