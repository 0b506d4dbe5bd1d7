/** The table of a run, and its place in docs/clients.md. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { STEPS, type Driven, type Step } from "./drive.ts";

const PAGE = join(import.meta.dirname, "..", "..", "..", "docs", "clients.md");
const BEGIN = "<!-- clients: written by `npm run clients -- --docs` -->";
const END = "<!-- clients: end -->";

/** Markdown: a row a client. */
export function table(driven: readonly Driven[]): string {
  const rows = driven.map((one) => [
    one.client.title,
    Object.entries(one.client.packages)
      .slice(0, 1)
      .map(([name, version]) => `\`${name}\` ${version}`)
      .join(""),
    ...STEPS.map((step) => cell(one, step)),
  ]);
  const head = ["client", "package", ...STEPS];
  const lines = [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`);
  return lines.join("\n");
}

function cell({ done, impossible }: Driven, step: Step): string {
  const note = done[step];
  if (note !== undefined) return note === "" ? "yes" : note;
  const why = impossible[step];
  return why === undefined ? "**no**" : why;
}

/** Replaces what stands between the two marks. @throws Error when they are gone */
export function writeTable(text: string): void {
  const page = readFileSync(PAGE, "utf8");
  const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`${PAGE} has no place for the table`);
  writeFileSync(PAGE, `${page.slice(0, from) + BEGIN}\n\n${text}\n\n${page.slice(to)}`);
}
