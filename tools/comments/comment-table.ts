/**
 * Tables in comments (`table-embed`), as rows of Markdown. Nobody recorded one whole, so cells are looked for where
 * editors of Quill's kind keep them: rows of cells under the block's own key, each cell a text, its runs, or an object
 * with one of them.
 */
import type { CommentBlock } from "../clickup/comments.ts";
import { record, words } from "../clickup/lenient.ts";

const ROW_KEYS = ["rows", "data", "content", "cells", "value"] as const;
const CELL_KEYS = ["text", "insert", "content", "value", "ops", "cells", "children"] as const;

/** The rows of the table, the first as its head; undefined when the block is none. */
export function tableRows(block: CommentBlock): string[] | undefined {
  if (block.type === undefined || !/^table/i.test(block.type)) {
    return undefined;
  }
  const rows = rowsOf(block[block.type]) ?? rowsOf(block);
  if (rows === undefined) {
    return words(block.text) === undefined ? ["[table]"] : [...textRows(block.text ?? "")];
  }
  const width = Math.max(...rows.map((row) => row.length));
  const [head = [], ...rest] = rows.map((row) => Array.from({ length: width }, (_, at) => row[at] ?? ""));
  return [head, head.map(() => "---"), ...rest].map((row) => `| ${row.join(" | ")} |`);
}

function textRows(text: string): string[] {
  return text.split("\n").filter((line) => line.trim() !== "");
}

function rowsOf(value: unknown): string[][] | undefined {
  if (Array.isArray(value)) {
    const rows = value.map((row: unknown) => cellsOf(row));
    return rows.some((row) => row.length > 0) ? rows : undefined;
  }
  const json = record(value);
  for (const key of ROW_KEYS) {
    const rows = Array.isArray(json[key]) ? rowsOf(json[key]) : undefined;
    if (rows !== undefined) {
      return rows;
    }
  }
  return undefined;
}

function cellsOf(row: unknown): string[] {
  if (Array.isArray(row)) {
    return row.map((cell: unknown) => cellText(cell, 0));
  }
  const json = record(row);
  const cells = json["cells"] ?? json["children"] ?? json["columns"];
  return Array.isArray(cells) ? cells.map((cell: unknown) => cellText(cell, 0)) : [];
}

/** Deep enough for a cell of runs of text; what is deeper is no text. */
const DEEPEST = 4;

function cellText(cell: unknown, depth: number): string {
  const plain = words(cell);
  if (plain !== undefined || depth > DEEPEST) {
    return (plain ?? "")
      .replaceAll(/\s*\n\s*/g, " ")
      .replaceAll("|", String.raw`\|`)
      .trim();
  }
  if (Array.isArray(cell)) {
    return cell.map((one: unknown) => cellText(one, depth + 1)).join("");
  }
  const json = record(cell);
  const key = CELL_KEYS.find((one) => json[one] !== undefined && json[one] !== null);
  return key === undefined ? "" : cellText(json[key], depth + 1);
}
