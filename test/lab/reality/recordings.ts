/** Answers of ClickUp's API that were recorded elsewhere. They are not part of the repository. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

/** One recorded answer. `path` is a template with /api, e.g. "/api/v2/list/{list_id}". */
export interface Recording {
  name: string;
  operation: string;
  method: string;
  path: string;
  query: Record<string, string>;
  request_body: unknown;
  status: number;
  body: unknown;
  /** How much it proves: all of the answer, its keys alone, or nothing that can be compared. */
  proves: "all" | "keys" | "status";
}

const FOLDER = resolve(
  import.meta.dirname,
  "../../..",
  process.env["CLICKUP_RECORDED"] ?? "../shared/clickup-recorded",
);

/** True when the recordings are on this machine. */
export const recordingsAvailable = existsSync(FOLDER);

/** Where they were looked for. */
export const RECORDINGS_FOLDER = FOLDER;

/** What an answer proves by its grade. An excerpt has keys left out by its author; notes have no real body. */
function proves(confidence: string): Recording["proves"] {
  if (/excerpt|part of/.test(confidence) || confidence === "docs example") return "keys";
  if (confidence.startsWith("recorded")) return "all";
  return "status";
}

/** Reads every answer of the API; deliveries of webhooks and tables are left out. Throws without the folder. */
export function readRecordings(): Recording[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith(".json") && !file.startsWith("webhook."))
    .toSorted()
    .flatMap((file): Recording[] => {
      const read = JSON.parse(readFileSync(join(FOLDER, file), "utf8")) as Record<string, unknown>;
      if (typeof read["method"] !== "string") return [];
      return [
        {
          name: file.replace(/\.json$/, ""),
          operation: String(read["operation"]),
          method: read["method"],
          path: String(read["path"]),
          query: (read["query"] ?? {}) as Record<string, string>,
          request_body: read["request_body"],
          status: Number(read["status"]),
          body: read["body"],
          proves: proves(String(read["confidence"])),
        },
      ];
    });
}

/** One row of the table of error codes. */
export interface ErrorRow {
  ecode: string;
  status: number | null;
  grade: string;
  [more: string]: unknown;
}

/** The table of error codes. */
export function readErrors(): ErrorRow[] {
  return (JSON.parse(readFileSync(join(FOLDER, "errors.json"), "utf8")) as { rows: ErrorRow[] }).rows;
}
