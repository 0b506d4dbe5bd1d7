/** The files and folders that pages and comments name: they have to be there, or the reader is sent nowhere. */

const ENDINGS = "tsx?|sql|md|jsonc?|yml|css|png";
/** With a folder before it, as `tools/call/call.ts`; the end of an address or a package's file is none. */
const FILE = new RegExp(`(?<![\\w@./:*-])(?:\\.{0,2}/)*(?:[\\w.-]+/)+[\\w.-]+\\.(?:${ENDINGS})\\b(?!/)`, "g");
/** A file by its name alone, in backticks. */
const BARE = new RegExp(`\`([\\w-][\\w.-]*\\.(?:${ENDINGS}))\``, "g");
/** A folder of ours, in backticks. */
const FOLDER = /`((?:worker|objects|tools|migrations|scripts|test|docs)\/(?:[\w-]+\/)*)`/g;

/** What `text` (a page, or comments) names, each once, in its order. */
export function namedPaths(text: string): { files: string[]; bare: string[]; folders: string[] } {
  return {
    files: [...new Set([...text.matchAll(FILE)].map(([path]) => path))],
    bare: [...new Set([...text.matchAll(BARE)].map((m) => m[1] ?? ""))],
    folders: [...new Set([...text.matchAll(FOLDER)].map((m) => m[1] ?? ""))],
  };
}

/** The comments of a source file: blocks. */
export function commentsOf(source: string): string {
  return [...source.matchAll(/\/\*[\s\S]*?\*\/|(?:^|\s)\/\/ .*$/gm)].map(([comment]) => comment).join("\n");
}
