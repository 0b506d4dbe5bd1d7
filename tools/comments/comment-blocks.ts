/**
 * Comments of ClickUp in Markdown, for reading; `markdownToBlocks` reads the result back with the same text
 * and mentions. Marks that Markdown cannot hold where they stand are dropped, never text.
 */
import type { CommentBlock } from "../clickup/comments.ts";
import { record, text as textOf, words } from "../clickup/lenient.ts";
import { tableRows } from "./comment-table.ts";

interface Run {
  text: string;
  code: boolean;
  bold: boolean;
  italic: boolean;
  strike: boolean;
  link: string | undefined;
  /** Name or id of whom the run mentions. */
  mention: string | undefined;
}

interface Line {
  runs: Run[];
  marks: Record<string, unknown>;
  /** Markdown as it is, for what has no runs: a row of a table. */
  plain?: string;
}

const WORD_START = /^[\p{L}\p{N}_]/u;

export function blocksToMarkdown(blocks: readonly CommentBlock[]): string {
  const lines = linesOf(blocks);
  const out: string[] = [];
  const numbers: number[] = [];
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index];
    if (line === undefined) {
      continue;
    }
    const language = codeLanguage(line);
    if (language !== undefined) {
      const size = lines.slice(index).findIndex((one) => codeLanguage(one) !== language);
      const end = size === -1 ? lines.length : index + size;
      out.push(fenced(lines.slice(index, end), language));
      index = end - 1;
      continue;
    }
    out.push(line.plain ?? lineMarkdown(line, numbers));
  }
  return out.join("\n");
}

/** Lines with their runs; the mark of a line stands on the line feed that ends it. */
function linesOf(blocks: readonly CommentBlock[]): Line[] {
  const lines: Line[] = [];
  let runs: Run[] = [];
  let last: Record<string, unknown> = {};
  for (const block of blocks) {
    const table = tableLines(block);
    if (table !== undefined) {
      if (runs.length > 0) {
        lines.push({ runs, marks: {} });
        runs = [];
      }
      lines.push(...table);
      continue;
    }
    const special = specialRun(block);
    if (special !== undefined) {
      runs.push(special);
      continue;
    }
    const marks = record(block.attributes);
    const parts = (block.text ?? "").replaceAll(/\r\n?/g, "\n").split("\n");
    for (const [index, part] of parts.entries()) {
      if (index > 0) {
        lines.push({ runs, marks });
        runs = [];
        last = {};
      }
      if (part !== "") {
        runs.push(textRun(part, marks));
        last = marks;
      }
    }
  }
  return runs.length === 0 ? lines : [...lines, { runs, marks: lineMarksOf(last) }];
}

/** A table as rows of Markdown; undefined for any other block. */
function tableLines(block: CommentBlock): Line[] | undefined {
  return tableRows(block)?.map((plain) => ({ runs: [], marks: {}, plain }));
}

/** A last line without line feed takes its line mark from its text, where ClickUp put it there. */
function lineMarksOf(marks: Record<string, unknown>): Record<string, unknown> {
  return marks["code-block"] === undefined ? {} : { "code-block": marks["code-block"] };
}

function specialRun(block: CommentBlock): Run | undefined {
  if (block.type === "tag" && block.user !== undefined) {
    const mention = block.user.username ?? String(block.user.id);
    return { ...textRun("", {}), mention: mention === "" ? String(block.user.id) : mention };
  }
  if (block.type === "emoticon") {
    const codes = (textOf(record(block["emoticon"])["code"]) ?? "")
      .split("-")
      .map((one) => Number.parseInt(one, 16));
    const known = codes.length > 0 && codes.every((code) => code > 0 && code <= 0x10_ff_ff);
    return textRun(known ? String.fromCodePoint(...codes) : (block.text ?? ""), {});
  }
  if (block.type === undefined || block.text?.includes("\n") === true) {
    return undefined;
  }
  // Pictures, files, bookmarks and links to tasks: their name and address, wherever the block keeps them.
  const body = record(block[block.type]);
  const url = words(body["url"]) ?? words(block["url"]);
  const label = words(block.text) ?? words(body["title"]) ?? words(body["name"]) ?? url ?? noteOf(block.type);
  return textRun(label, url === undefined ? record(block.attributes) : { link: url });
}

/** That something stands there which has no text of its own. */
function noteOf(type: string): string {
  return `[${type.replaceAll(/[^\w-]/g, "").slice(0, 30)}]`;
}

function textRun(text: string, marks: Record<string, unknown>): Run {
  const link = words(marks["link"]) ?? words(record(marks["link"])["url"]);
  const on = (mark: string) => marks[mark] === true || marks[mark] === "true";
  return {
    text,
    code: on("code"),
    bold: on("bold"),
    italic: on("italic"),
    strike: on("strike"),
    link: link !== undefined && /^(?:https?:\/\/|mailto:)[^\s<>]+$/i.test(link) ? link : undefined,
    mention: undefined,
  };
}

/** The language of a code line ("" when none is named); undefined for other lines, and where somebody is mentioned. */
function codeLanguage(line: Line): string | undefined {
  const mark = line.marks["code-block"];
  if (mark === undefined || mark === false || line.runs.some((run) => run.mention !== undefined)) {
    return undefined;
  }
  const named = words(record(mark)["code-block"]) ?? words(mark) ?? "plain";
  return named === "plain" || named === "true" || !/^[\w+#.-]+$/.test(named) ? "" : named;
}

function fenced(lines: readonly Line[], language: string): string {
  const content = lines.map((line) => line.runs.map((run) => run.text).join("")).join("\n");
  const longest = Math.max(2, ...Array.from(content.matchAll(/`+/g), (run) => run[0].length));
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${content}\n${fence}`;
}

/** `numbers` counts the numbered items of each level. */
function lineMarkdown(line: Line, numbers: number[]): string {
  const content = runsMarkdown(line.runs);
  const list = words(record(line.marks["list"])["list"]) ?? words(line.marks["list"]);
  if (list !== undefined) {
    const level = Math.min(8, Math.max(0, Number(line.marks["indent"] ?? 0) || 0));
    numbers.length = Math.min(numbers.length, level + 1);
    return `${"  ".repeat(level)}${itemSign(list, level, numbers)} ${content}`;
  }
  numbers.length = 0;
  if (line.marks["blockquote"] !== undefined && line.marks["blockquote"] !== false) {
    return `> ${content}`;
  }
  const header = Number(line.marks["header"] ?? 0);
  return header >= 1 && header <= 6 ? `${"#".repeat(header)} ${content}` : escapeLineStart(content);
}

function itemSign(list: string, level: number, numbers: number[]): string {
  if (list !== "ordered") {
    numbers[level] = 0;
    return list === "checked" ? "- [x]" : list === "unchecked" ? "- [ ]" : "-";
  }
  numbers[level] = (numbers[level] ?? 0) + 1;
  // A number of four digits would not be read as one.
  return `${Math.min(numbers[level] ?? 1, 999)}.`;
}

function escapeLineStart(line: string): string {
  return line
    .replace(/^(\s*)(#{1,6}\s|#{1,6}$|>|[-+*](?=\s|$))/, String.raw`$1\$2`)
    .replace(/^(\s*\d{1,3})([.)])(?=\s|$)/, String.raw`$1\$2`);
}

function runsMarkdown(runs: readonly Run[]): string {
  let out = "";
  const joined = joinAlike(runs);
  for (const [index, run] of joined.entries()) {
    const following = joined[index + 1];
    const piece =
      run.mention === undefined
        ? runMarkdown(run, out)
        : mentionMarkdown(run.mention, out, following?.text ?? "");
    // An exclamation mark before a link would make a picture of it.
    out = piece.startsWith("[") && out.endsWith("!") ? `${out.slice(0, -1)}\\!${piece}` : out + piece;
  }
  return out;
}

function joinAlike(runs: readonly Run[]): Run[] {
  const joined: Run[] = [];
  for (const run of runs) {
    const last = joined.at(-1);
    const { text: _text, ...marks } = run;
    const { text: before = "", ...lastMarks } = last ?? {};
    if (
      last !== undefined &&
      run.mention === undefined &&
      JSON.stringify(marks) === JSON.stringify(lastMarks)
    ) {
      joined[joined.length - 1] = { ...last, text: before + run.text };
    } else {
      joined.push(run);
    }
  }
  return joined;
}

function mentionMarkdown(name: string, before: string, after: string): string {
  // After anything but a space it could be the end of an address or of a word.
  const plain = /^[\p{L}\p{N}]/u.test(name) && /(?:^|\s)$/.test(before) && !WORD_START.test(after);
  return plain ? `@${name}` : `@[${name.replaceAll(/[\]\\]/g, String.raw`\$&`)}]`;
}

function runMarkdown(run: Run, before: string): string {
  const [, lead = "", core = "", trail = ""] = /^(\s*)([\s\S]*?)(\s*)$/.exec(run.text) ?? [];
  if (run.code) {
    return decorate(codeSpan(run.text), run, before);
  }
  if (core === "") {
    return run.text;
  }
  const marked = decorate(escapeText(core, run.link !== undefined), run, before + lead);
  return lead + marked + trail;
}

/** Puts the marks of a run around its text; those whose sign already stands before it are left out. */
function decorate(content: string, run: Run, before: string): string {
  const star = run.bold ? "**" : run.italic ? "*" : "";
  const inner = run.bold && run.italic ? `_${content}_` : content;
  const open = run.strike ? "~~" : star;
  const clash = run.link === undefined && open !== "" && before.endsWith(open[0] ?? "");
  const marked = clash ? content : `${run.strike ? "~~" : ""}${star}${inner}${star}${run.strike ? "~~" : ""}`;
  if (run.link === undefined) {
    return marked;
  }
  return /^[^\s()<>]*$/.test(run.link) ? `[${marked}](${run.link})` : `[${marked}](<${run.link}>)`;
}

function codeSpan(text: string): string {
  const ticks = new Set(Array.from(text.matchAll(/`+/g), (run) => run[0].length));
  let count = 1;
  while (ticks.has(count)) {
    count += 1;
  }
  const pad =
    text.startsWith("`") || text.endsWith("`") || (/^ .* $/.test(text) && text.trim() !== "") ? " " : "";
  const marker = "`".repeat(count);
  return `${marker}${pad}${text}${pad}${marker}`;
}

/** Signs that would be read as marks, escaped; those that cannot be are left as they are. */
function escapeText(text: string, inLink: boolean): string {
  let out = "";
  const chars = Array.from(text);
  for (const [index, char] of chars.entries()) {
    const before = chars[index - 1];
    const after = chars[index + 1];
    out += mustEscape(char, before, after, chars.slice(index + 1, index + 8).join(""), inLink)
      ? `\\${char}`
      : char;
  }
  return out;
}

function mustEscape(
  char: string,
  before: string | undefined,
  after: string | undefined,
  rest: string,
  inLink: boolean,
): boolean {
  switch (char) {
    case "\\":
      return after === undefined || /[!-/:-@[-`{-~]/.test(after);
    case "`":
    case "[":
      return true;
    case "]":
      return inLink;
    case "*":
      return !(isSpace(before) && isSpace(after));
    case "_":
      return !(isWord(before) && isWord(after));
    case "~":
      return before === undefined || after === undefined || before === "~" || after === "~";
    case "@":
      return !isWord(before) && (after === undefined || /[\p{L}\p{N}]/u.test(after));
    case "<":
      return /^(?:https?:|mailto:)/.test(rest);
    default:
      return false;
  }
}

function isSpace(char: string | undefined): boolean {
  return char !== undefined && /\s/.test(char);
}

function isWord(char: string | undefined): boolean {
  return char !== undefined && /[\p{L}\p{N}]/u.test(char);
}
