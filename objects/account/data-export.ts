/** The copy of everything held about a user, written piece by piece so that its size does not matter. */
import type { AuditArchive } from "../record/archive.ts";
import type { DumpStore } from "../stores/dump.ts";

export interface ExportParts {
  userId: string;
  dump: DumpStore;
  archive: AuditArchive;
  now_ms: number;
}

/**
 * JSON text: `{ userId, exported, database: { table: [rows] }, record: [batches] }`. Sealed credentials and
 * session ids are left out. The batches are those of R2, byte for byte; later events are in table `journal`.
 */
export function exportStream(parts: ExportParts): ReadableStream<Uint8Array> {
  const pieces = jsonPieces(parts);
  const encoder = new TextEncoder();
  return new ReadableStream({
    type: "bytes",
    async pull(controller) {
      const { done, value } = await pieces.next();
      if (!done) {
        controller.enqueue(encoder.encode(value));
        return;
      }
      controller.close();
      controller.byobRequest?.respond(0);
    },
    async cancel() {
      await pieces.return();
    },
  });
}

async function* jsonPieces({ userId, dump, archive, now_ms }: ExportParts): AsyncGenerator<string, void> {
  const head = { userId, exported: new Date(now_ms).toISOString() };
  yield `${JSON.stringify(head).slice(0, -1)},\n"database":{`;
  let tables = 0;
  for (const table of dump.tables()) {
    yield `${tables++ === 0 ? "" : ","}\n${JSON.stringify(table)}:[`;
    for (let offset = 0; ;) {
      const rows = dump.rows(table, offset);
      if (rows.length === 0) break;
      yield `${offset === 0 ? "" : ","}${rows.map((row) => JSON.stringify(row)).join(",\n")}`;
      offset += rows.length;
    }
    yield "]";
  }
  yield `},\n"record":[`;
  let batches = 0;
  for (const day of (await archive.days()).toReversed()) {
    for (const name of (await archive.batches(day)).toReversed()) {
      const text = await archive.text(name);
      if (text !== undefined) yield `${batches++ === 0 ? "" : ","}\n${text}`;
    }
  }
  yield "]}\n";
}
