/** The commands the documentation tells people to run: in `sh` blocks, in sentences and in tables. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./workbench.ts";

export interface DocumentedCommand {
  /** As it stands there; several lines belong together where the shell says so. */
  text: string;
  page: string;
  /** `account`: marked as needing a login; `long`: marked as taking minutes. */
  marks: ReadonlySet<string>;
}

const PAGES: readonly string[] = [
  ...readdirSync(ROOT).filter((name) => name.endsWith(".md")),
  ...readdirSync(join(ROOT, "docs"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => join("docs", name)),
].toSorted();

/** Programs whose lines are commands when they stand in a sentence. */
const COMMAND =
  /^(?:[A-Z_]+=\S+ )*(?:npm (?:run|start|test|ci)\b|npx |curl |claude |code --|openssl |chmod )/;
const MARK = /\((account|long)\)/g;

const marksIn = (text: string): string[] => [...text.matchAll(MARK)].map((match) => match[1] ?? "");

/** Commands of one page, in their order. */
export function commandsOf(page: string, markdown: string): DocumentedCommand[] {
  const commands: DocumentedCommand[] = [];
  const add = (text: string, marks: string[]): void => {
    commands.push({ text, page, marks: new Set(marks) });
  };
  const prose = markdown.replaceAll(/^```(\w*)\n([\s\S]*?)^```$/gm, (_, language: string, body: string) => {
    if (language === "sh") for (const command of blockCommands(body)) add(command.text, command.marks);
    return "";
  });
  let columns: string[] = [];
  for (const line of prose.split("\n")) {
    const isRow = line.startsWith("|");
    const cells = isRow ? line.split("|").slice(1, -1) : [line];
    if (!isRow) columns = [];
    else if (columns.length === 0) columns = cells;
    cells.forEach((cell, i) => {
      for (const match of cell.matchAll(/`([^`]+)`(?: \*{0,2}\((account|long)\)\*{0,2})?/g)) {
        const [, text = "", mark] = match;
        const inherited = isRow ? marksIn(columns[i] ?? "") : [];
        if (COMMAND.test(text)) add(text, mark === undefined ? inherited : [mark, ...inherited]);
      }
    });
  }
  return commands;
}

/** A block's commands: a line each, except where a line ends in a backslash or a loop is open. */
function blockCommands(body: string): { text: string; marks: string[] }[] {
  const commands: { text: string; marks: string[] }[] = [];
  let current = "";
  let marks: string[] = [];
  for (const line of body.split("\n")) {
    if (line.trim() === "") continue;
    const [, code = "", comment = ""] = /^(.*?)(?:(?:^|\s+)#\s(.*))?$/.exec(line) ?? [];
    marks.push(...marksIn(comment));
    if (code.trim() === "") continue;
    current += current === "" ? code : `\n${code}`;
    const open = /(^|\n|; )(for|while|if) /.test(current) && !/(^|\n)(done|fi)\b/.test(current);
    if (code.endsWith("\\") || open) continue;
    commands.push({ text: current, marks });
    current = "";
    marks = [];
  }
  if (current !== "") throw new Error(`a command without an end: ${current}`);
  return commands;
}

/** Every command of every page, each once with all its marks. */
export function documentedCommands(): DocumentedCommand[] {
  const all = PAGES.flatMap((page) => commandsOf(page, readFileSync(join(ROOT, page), "utf8")));
  const byText = new Map<string, DocumentedCommand>();
  for (const command of all) {
    const known = byText.get(command.text);
    byText.set(command.text, {
      ...(known ?? command),
      marks: new Set([...(known?.marks ?? []), ...command.marks]),
    });
  }
  return [...byText.values()];
}
