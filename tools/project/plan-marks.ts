/**
 * The marks a line of a plan may carry: @person, !priority, due:, start:, est:, id: and after:. A value ends
 * at the next space unless it is quoted or in brackets; the names after `after:` run to the next mark. A
 * backslash before @ or ! keeps the sign: "Export \@2x".
 */
import { PRIORITIES } from "../priorities.ts";
import type { Priority } from "../priorities.ts";

export interface Marks {
  /** The text without its marks. */
  name: string;
  people: string[];
  priority?: Priority;
  due?: string;
  start?: string;
  estimate?: string;
  id?: string;
  /** What it waits on, as written: a name, a number of the plan or an id. */
  after: string[];
}

const VALUE = String.raw`"([^"]+)"|\[([^\]]+)\]|`;
const PERSON = new RegExp(
  String.raw`(^|\s)@(?:${VALUE}([\p{L}\p{N}][\p{L}\p{N}._%+-]*(?:@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+)?))`,
  "gu",
);
const PRIORITY = /(^|\s)!(urgent|high|normal|low|none|[1-4])(?=\s|$)/giu;
/** "next friday" and "in 3 days" need no quotes. */
const DATED = new RegExp(
  String.raw`(^|\s)(due|start|est|estimate|id):\s*(?:${VALUE}((?:(?:next|this)\s+|in\s+\d+\s+)?[^\s"\[]\S*))`,
  "giu",
);
const AFTER = /(?:^|\s)after:\s*/giu;
/** Where the names of `after:` end. */
const NEXT_MARK =
  /\s(?:@\S|!(?:urgent|high|normal|low|none|[1-4])(?:\s|$)|(?:due|start|est|estimate|id|after):)/iu;

export function readMarks(line: string): Marks {
  const marks: Marks = { name: "", people: [], after: [] };
  let rest = takeAfter(line, marks.after);
  rest = rest.replaceAll(DATED, (_, space: string, mark: string, ...values: unknown[]) => {
    const value = chosen(values.slice(0, 3));
    const field = mark.toLowerCase();
    if (field === "due" || field === "start" || field === "id") {
      marks[field] = value;
    } else {
      marks.estimate = value;
    }
    return space;
  });
  rest = rest.replaceAll(PRIORITY, (_, space: string, word: string) => {
    const named = PRIORITIES.find((one) => one === word.toLowerCase());
    marks.priority = named ?? PRIORITIES[Number(word) - 1] ?? "none";
    return space;
  });
  rest = rest.replaceAll(PERSON, (_, space: string, ...values: unknown[]) => {
    const value = chosen(values.slice(0, 3));
    // A sentence may end after a name.
    marks.people.push(value.replace(/[.]+$/, ""));
    return space;
  });
  marks.name = rest
    .replaceAll(/\*\*|__/g, "")
    .replaceAll(/\s+/g, " ")
    // What a mark left of its punctuation.
    .replaceAll(/ [.,;:]+(?= |$)/g, "")
    .replaceAll(/\\(?=[@!])/g, "")
    .trim();
  return marks;
}

/** Takes every `after:` with its names out of the line. */
function takeAfter(line: string, names: string[]): string {
  let rest = line;
  for (;;) {
    AFTER.lastIndex = 0;
    const match = AFTER.exec(rest);
    if (match === null) {
      return rest;
    }
    const from = match.index + match[0].length;
    const tail = rest.slice(from);
    const quotedEnd = /^(?:\s*(?:"[^"]*"|\[[^\]]*\]),?)+/.exec(tail)?.[0].length ?? 0;
    const next = NEXT_MARK.exec(tail.slice(quotedEnd));
    const end = next === null ? tail.length : quotedEnd + next.index;
    names.push(...splitNames(tail.slice(0, end)));
    rest = `${rest.slice(0, match.index)} ${tail.slice(end)}`;
  }
}

/** "a, "b, c", [d]" as three names. */
function splitNames(text: string): string[] {
  const found: string[] = [];
  for (const [, quoted, bracketed, bare] of text.matchAll(/"([^"]+)"|\[([^\]]+)\]|([^,"[\]]+)/g)) {
    const name = (quoted ?? bracketed ?? bare ?? "").trim();
    if (name !== "") {
      found.push(name);
    }
  }
  return found;
}

function chosen(values: readonly unknown[]): string {
  const value = values.find((one) => typeof one === "string");
  return typeof value === "string" ? value.trim() : "";
}
