/** A Markdown plan as lines of meaning: headings, items with their indent, text, and blank lines. */

export type PlanLine =
  | { kind: "heading"; line: number; level: number; text: string }
  | { kind: "item"; line: number; indent: number; text: string; ordinal?: number; checked?: boolean }
  /** `indent` is taken off `text`. */
  | { kind: "text"; line: number; indent: number; text: string }
  | { kind: "blank"; line: number };

const HEADING = /^ {0,3}(#{1,6})\s+(.*?)(?:\s+#+)?\s*$/;
const RULE = /^\s*(?:(?:-\s*){3,}|(?:\*\s*){3,}|(?:_\s*){3,}|={3,})$/;
const ITEM = /^(\s*)(?:[-*+•]|(\d{1,4})[.)])\s+(.*)$/;
const BOX = /^\[([ xX])\]\s+(.*)$/;
/** A longer line is text: no name of a task is. */
const MOST_NAME_CHARS = 2_000;
const FENCE = /^\s*(```|~~~)/;

/** Lines are counted from 1. What stands between code fences is text, whatever it looks like. */
export function readLines(plan: string): PlanLine[] {
  let fenced: string | undefined;
  return plan.split(/\r\n?|\n/).map((raw, index): PlanLine => {
    const line = index + 1;
    const source = raw.replaceAll("\t", "    ");
    const fence = FENCE.exec(source)?.[1];
    if (fence !== undefined && (fenced === undefined || fenced === fence)) {
      fenced = fenced === undefined ? fence : undefined;
      return textLine(line, source);
    }
    return fenced === undefined ? readLine(line, source) : textLine(line, source);
  });
}

function readLine(line: number, source: string): PlanLine {
  if (source.trim() === "" || RULE.test(source)) {
    return { kind: "blank", line };
  }
  if (source.length > MOST_NAME_CHARS) {
    return textLine(line, source);
  }
  const heading = HEADING.exec(source);
  if (heading !== null && heading[2] !== "") {
    return { kind: "heading", line, level: heading[1]?.length ?? 1, text: heading[2] ?? "" };
  }
  const item = ITEM.exec(source);
  if (item === null) {
    return textLine(line, source);
  }
  const [, spaces = "", ordinal, content = ""] = item;
  const box = BOX.exec(content);
  return {
    kind: "item",
    line,
    indent: spaces.length,
    text: box?.[2] ?? content,
    ...(ordinal === undefined ? {} : { ordinal: Number(ordinal) }),
    ...(box === null ? {} : { checked: box[1] !== " " }),
  };
}

function textLine(line: number, source: string): PlanLine {
  const text = source.trimStart();
  return { kind: "text", line, indent: source.length - text.length, text: text.trimEnd() };
}
