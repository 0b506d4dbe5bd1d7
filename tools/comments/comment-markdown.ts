/**
 * Markdown as ClickUp comments take it: runs of text with marks, and line marks on the line feed that ends a
 * line. ClickUp shows Markdown in `comment_text` as plain signs, so comments are written in blocks. Known:
 * bold, italic, strike, code, links, fenced code, bullets, numbers, check boxes, quotes, headings (as bold
 * lines: comments have none) and mentions. Everything else stays text. Form: ClickUp's comment formatting guide.
 */
import type { CommentBlock } from "../clickup/comments.ts";

/** A mention found: how many characters after "@" it takes, and who it is. */
interface MentionMatch {
  length: number;
  user: { id: number; username: string };
}

/** Reads what stands after an "@". Undefined: it stays text. Throws UserInputError for somebody unknown. */
export type MentionReader = (rest: string) => MentionMatch | undefined;

type Marks = Record<string, unknown>;

const WORD = /[\p{L}\p{N}_]/u;
const FENCE = /^ {0,3}(`{3,}|~{3,})\s*([\w+#.-]*)\s*$/;
const HEADING = /^ {0,3}#{1,6}\s+(.*)$/s;
const QUOTE = /^ {0,3}>\s?(.*)$/s;
const ITEM = /^(\s*)(?:[-*+]|(\d{1,3})[.)])(?:\s+(.*))?$/s;
const CHECKBOX = /^\[([ xX])\](?:\s+(.*))?$/s;
/** A bare address is taken as it is: its underscores and signs are no marks. */
const ADDRESS = /^https?:\/\/(?:[^\s<>\\*`[\]~@]|~(?!~)|@(?!\[))+/;
const ADDRESS_END = /[.,;:!?'")]+$/;
const AUTOLINK = /^<((?:https?:\/\/|mailto:)[^\s<>]+)>/;
const LINKED = /^(?:https?:\/\/|mailto:)\S+$/i;
const ESCAPABLE = /[!-/:-@[-`{-~]/;
/** Marks within marks; deeper ones stay text. */
const MOST_DEPTH = 12;
const MOST_LINK_CHARS = 2_000;
const DELIMITERS: readonly (readonly [string, string])[] = [
  ["**", "bold"],
  ["__", "bold"],
  ["~~", "strike"],
  ["*", "italic"],
  ["_", "italic"],
];

/** The blocks of a comment. Line ends become "\n"; the last line has none unless it carries line marks. */
export function markdownToBlocks(markdown: string, mention: MentionReader): CommentBlock[] {
  const lines = markdown.replaceAll(/\r\n?/g, "\n").split("\n");
  const out: CommentBlock[] = [];
  const levels: number[] = [];
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? "";
    const fence = FENCE.exec(line);
    if (fence !== null) {
      index = codeBlock(lines, index, fence, out);
      continue;
    }
    const { content, lineMarks, marks } = readLine(line, levels);
    inline(content, marks, { mention, out, depth: 0 });
    if (lineMarks !== undefined || index < lines.length - 1) {
      out.push({ text: "\n", attributes: lineMarks ?? {} });
    }
  }
  return out;
}

/** Writes a fenced block and answers the index of its last line. One that is not closed goes on to the end. */
function codeBlock(lines: readonly string[], start: number, fence: RegExpExecArray, out: CommentBlock[]) {
  const marker = fence[1] ?? "```";
  const closing = new RegExp(`^ {0,3}${marker[0] ?? "`"}{${marker.length},}\\s*$`);
  const attributes = { "code-block": { "code-block": fence[2] === "" ? "plain" : (fence[2] ?? "plain") } };
  let index = start + 1;
  for (; index < lines.length && !closing.test(lines[index] ?? ""); index += 1) {
    const text = lines[index] ?? "";
    if (text !== "") {
      out.push({ text, attributes: {} });
    }
    out.push({ text: "\n", attributes });
  }
  return index;
}

/** What a line is. `levels` holds the indents of the list items above it that are still open. */
function readLine(line: string, levels: number[]): { content: string; lineMarks?: Marks; marks: Marks } {
  const item = ITEM.exec(line);
  if (item !== null) {
    const [, space = "", number, content = ""] = item;
    const level = levelOf(space.replaceAll("\t", "    ").length, levels);
    const box = number === undefined ? CHECKBOX.exec(content) : null;
    const kind = number === undefined ? boxKind(box?.[1]) : "ordered";
    const lineMarks = { list: { list: kind }, ...(level === 0 ? {} : { indent: level }) };
    return { content: box === null ? content : (box[2] ?? ""), lineMarks, marks: {} };
  }
  if (line.trim() !== "") {
    levels.length = 0;
  }
  const heading = HEADING.exec(line);
  if (heading !== null) {
    return { content: heading[1] ?? "", marks: { bold: true } };
  }
  const quote = QUOTE.exec(line);
  return quote === null
    ? { content: line, marks: {} }
    : { content: quote[1] ?? "", lineMarks: { blockquote: {} }, marks: {} };
}

function boxKind(mark: string | undefined): string {
  return mark === undefined ? "bullet" : mark === " " ? "unchecked" : "checked";
}

function levelOf(width: number, levels: number[]): number {
  while (levels.length > 0 && (levels.at(-1) ?? 0) > width) {
    levels.pop();
  }
  if (levels.length === 0 || (levels.at(-1) ?? 0) < width) {
    levels.push(width);
  }
  return levels.length - 1;
}

/** What reading one line needs throughout. */
interface Reading {
  mention: MentionReader;
  out: CommentBlock[];
  depth: number;
}

/** Appends the runs of one line. */
function inline(source: string, marks: Marks, reading: Reading): void {
  const { mention, out, depth } = reading;
  /** Signs that have no counterpart in the rest: each is looked for once. */
  const unclosed = new Set<string>();
  let plain = "";
  const flush = () => {
    if (plain !== "") {
      out.push({ text: plain, attributes: marks });
      plain = "";
    }
  };
  const nested = (content: string, more: Marks) => {
    flush();
    inline(content, { ...marks, ...more }, { ...reading, depth: depth + 1 });
  };
  for (let at = 0; at < source.length;) {
    const rest = source.slice(at);
    const char = rest[0] ?? "";
    const before = source.slice(Math.max(0, at - 2), at);
    if (char === "\\" && ESCAPABLE.test(rest[1] ?? "")) {
      plain += rest[1] ?? "";
      at += 2;
      continue;
    }
    const code = char === "`" ? codeSpan(rest, unclosed) : undefined;
    if (code !== undefined) {
      flush();
      out.push({ text: code.content, attributes: { ...marks, code: true } });
      at += code.length;
      continue;
    }
    const link = "[!<".includes(char) && depth < MOST_DEPTH ? linkAt(rest) : undefined;
    if (link !== undefined && marks["link"] === undefined) {
      nested(link.content, { link: link.url });
      at += link.length;
      continue;
    }
    const address = char === "h" && !endsInWord(before) ? addressAt(rest) : "";
    if (address !== "") {
      plain += address;
      at += address.length;
      continue;
    }
    const found = char === "@" ? mentionAt(rest, before, mention) : undefined;
    if (found !== undefined) {
      flush();
      const { user } = found;
      out.push({ text: `@${user.username}`, type: "tag", user });
      at += 1 + found.length;
      continue;
    }
    const emphasis =
      "*_~".includes(char) && depth < MOST_DEPTH ? emphasisAt(rest, before, unclosed) : undefined;
    if (emphasis !== undefined) {
      nested(emphasis.content, { [emphasis.mark]: true });
      at += emphasis.length;
      continue;
    }
    plain += char;
    at += 1;
  }
  flush();
}

function endsInWord(text: string): boolean {
  return WORD.test(lastChar(text));
}

function lastChar(text: string): string {
  return text === "" ? "" : (Array.from(text.slice(-2)).at(-1) ?? "");
}

function addressAt(rest: string): string {
  return (ADDRESS.exec(rest)?.[0] ?? "").replace(ADDRESS_END, "");
}

/** "@" begins a mention where no word stands before it, or with its name in brackets. */
function mentionAt(rest: string, before: string, mention: MentionReader): MentionMatch | undefined {
  const bracketed = rest[1] === "[";
  const starts = bracketed || (!endsInWord(before) && /^@[\p{L}\p{N}]/u.test(rest));
  return starts ? mention(rest.slice(1)) : undefined;
}

/** As many backticks end it as began it; one padding space at each end is dropped. */
function codeSpan(rest: string, unclosed: Set<string>): { content: string; length: number } | undefined {
  const marker = /^`+/.exec(rest)?.[0] ?? "`";
  const end = unclosed.has(marker) ? -1 : closingTicks(rest, marker.length, marker.length);
  if (end === -1) {
    unclosed.add(marker);
    return undefined;
  }
  const raw = rest.slice(marker.length, end);
  const padded = raw.startsWith(" ") && raw.endsWith(" ") && raw.trim() !== "";
  return { content: padded ? raw.slice(1, -1) : raw, length: end + marker.length };
}

function closingTicks(text: string, from: number, count: number): number {
  for (const run of text.slice(from).matchAll(/`+/g)) {
    if (run[0].length === count) {
      return from + run.index;
    }
  }
  return -1;
}

function linkAt(rest: string): { content: string; url: string; length: number } | undefined {
  const auto = AUTOLINK.exec(rest);
  if (auto?.[1] !== undefined) {
    return { content: escapeAll(auto[1]), url: auto[1], length: auto[0].length };
  }
  const image = rest.startsWith("![") ? 1 : 0;
  if (rest[image] !== "[") {
    return undefined;
  }
  const end = closingBracket(rest, image);
  const target =
    end === -1 ? null : /^\((?:<([^<>]*)>|((?:[^\s()]|\([^\s()]*\))+))\)/.exec(rest.slice(end + 1));
  const url = target?.[1] ?? target?.[2];
  if (target === null || url === undefined || !LINKED.test(url)) {
    return undefined;
  }
  const content = rest.slice(image + 1, end);
  return { content: content === "" ? escapeAll(url) : content, url, length: end + 1 + target[0].length };
}

/** Text that reads as itself when it is parsed again. */
function escapeAll(text: string): string {
  return text.replaceAll(/[!-/:-@[-`{-~]/g, String.raw`\$&`);
}

function closingBracket(text: string, open: number): number {
  let depth = 0;
  const unclosed = new Set<string>();
  const most = Math.min(text.length, open + MOST_LINK_CHARS);
  for (let at = open; at < most; at = next(text, at, unclosed)) {
    depth += text[at] === "[" ? 1 : text[at] === "]" ? -1 : 0;
    if (depth === 0) {
      return at;
    }
  }
  return -1;
}

/** The place after the character at `at`; escapes and code spans count as one. */
function next(text: string, at: number, unclosed: Set<string>): number {
  if (text[at] === "\\") {
    return at + 2;
  }
  return text[at] === "`" ? at + (codeSpan(text.slice(at), unclosed)?.length ?? 1) : at + 1;
}

function emphasisAt(
  rest: string,
  before: string,
  unclosed: Set<string>,
): { content: string; mark: string; length: number } | undefined {
  for (const [delimiter, mark] of DELIMITERS) {
    const opens = rest.startsWith(delimiter) && /^\S/.test(rest.slice(delimiter.length));
    if (!opens || unclosed.has(delimiter) || (delimiter.startsWith("_") && endsInWord(before))) {
      continue;
    }
    const end = closingDelimiter(rest, delimiter);
    if (end === -1) {
      unclosed.add(delimiter);
    } else {
      return { content: rest.slice(delimiter.length, end), mark, length: end + delimiter.length };
    }
  }
  return undefined;
}

function closingDelimiter(text: string, delimiter: string): number {
  const sign = delimiter[0] ?? "";
  const unclosed = new Set<string>();
  for (let at = delimiter.length; at < text.length; at = next(text, at, unclosed)) {
    if (!text.startsWith(delimiter, at)) {
      continue;
    }
    if (delimiter.length === 1 && text[at + 1] === sign) {
      // A pair belongs to bold inside.
      at += 1;
      continue;
    }
    // Of three signs the last two close: the first ends what is inside.
    const end = delimiter.length === 2 && text[at + 2] === sign ? at + 1 : at;
    const closes = end > delimiter.length && /\S/.test(text[end - 1] ?? "");
    const bordered =
      sign !== "_" || !WORD.test(Array.from(text.slice(end + delimiter.length, end + 4))[0] ?? "");
    if (closes && bordered) {
      return end;
    }
  }
  return -1;
}
