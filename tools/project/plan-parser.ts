/**
 * Reads a Markdown plan: headings are tasks with what stands below them as subtasks, as are nested bullets,
 * numbered lists and check boxes; text below an item is its description. A single first-level heading above
 * everything is the plan's title, not a task. Marks on a line are described in `plan-marks.ts`.
 */
import { UserInputError } from "../words/errors.ts";
import { closest, sameName, shown } from "../words/names.ts";
import { findCycle } from "../tasks/graph.ts";
import { readLines } from "./plan-lines.ts";
import type { PlanLine } from "./plan-lines.ts";
import { readMarks } from "./plan-marks.ts";
import type { Marks } from "./plan-marks.ts";

export interface PlanItem extends Omit<Marks, "after" | "id"> {
  /** Unique in the plan: its id: mark, or "line 12". */
  key: string;
  line: number;
  /** Key of the item it lies under. */
  parent?: string;
  heading: boolean;
  /** "2", or "2.1" below a numbered item. */
  number?: string;
  /** State of its check box, when it has one. */
  checked?: boolean;
  /** Keys of the items it waits on. */
  after: string[];
  /** The text below it. */
  markdown?: string;
}

export interface Plan {
  title?: string;
  items: PlanItem[];
  /** Lines of text that belong to no item. */
  ignored_lines: number;
}

export interface PlanOptions {
  /** Numbered items wait on the one before, and "(after X)" or "(depends on X)" count like a mark. */
  detectDependencies: boolean;
}

interface Draft extends PlanItem {
  /** Names of what it waits on, from marks; an unknown one is an error. */
  waits: string[];
  level: number;
  indent: number;
  text: string[];
}

const MOST_PLAN_CHARS = 200_000;

/** Throws UserInputError naming the line: an item without a name, an unknown, ambiguous or circular `after:`. */
export function parsePlan(plan: string, options: PlanOptions): Plan {
  if (plan.length > MOST_PLAN_CHARS) {
    throw new UserInputError(
      `plan: ${plan.length} characters; at most ${MOST_PLAN_CHARS}. Split it into several calls.`,
      { argument: "plan" },
    );
  }
  const { drafts, ignored } = collect(readLines(plan));
  const { title, items, dropped } = takeTitle(drafts);
  checkKeys(items);
  const numbered = numberItems(items);
  for (const item of items) {
    item.after = [
      ...new Set([
        ...item.waits.map((name) => findItem(items, item, name)),
        ...(options.detectDependencies ? detected(items, item, numbered) : []),
      ]),
    ];
  }
  refuseLoops(items);
  return {
    ...(title === undefined ? {} : { title }),
    items: items.map(finished),
    ignored_lines: ignored + dropped,
  };
}

/** Items in the order of the plan, each with the text below it. */
function collect(lines: readonly PlanLine[]): { drafts: Draft[]; ignored: number } {
  const drafts: Draft[] = [];
  let open: Draft[] = [];
  let ignored = 0;
  let afterBlank = false;
  for (const line of lines) {
    if (line.kind === "blank") {
      afterBlank = true;
      open.at(-1)?.text.push("");
      continue;
    }
    if (line.kind === "text") {
      const owner = ownerOf(open, line.indent, afterBlank);
      if (owner === undefined) {
        ignored += 1;
      } else {
        owner.text.push(
          `${" ".repeat(Math.max(0, line.indent - Math.max(0, owner.indent + 2)))}${line.text}`,
        );
      }
    } else {
      open = line.kind === "heading" ? open.filter((one) => one.heading && one.level < line.level) : open;
      open = line.kind === "item" ? open.filter((one) => one.heading || one.indent + 2 <= line.indent) : open;
      const draft = draftOf(line, open.at(-1)?.key);
      drafts.push(draft);
      open.push(draft);
    }
    afterBlank = false;
  }
  return { drafts, ignored };
}

/** Text belongs to the item above it; after a blank line only when it is indented below that item. */
function ownerOf(open: readonly Draft[], indent: number, afterBlank: boolean): Draft | undefined {
  return afterBlank ? open.findLast((one) => one.heading || indent >= one.indent + 2) : open.at(-1);
}

function draftOf(line: Exclude<PlanLine, { kind: "text" | "blank" }>, parent: string | undefined): Draft {
  const { after, id, ...marks } = readMarks(line.text);
  if (marks.name === "") {
    throw problem(line.line, "it has no name");
  }
  const heading = line.kind === "heading";
  return {
    ...marks,
    key: id ?? `line ${line.line}`,
    line: line.line,
    heading,
    level: heading ? line.level : 7,
    indent: heading ? -2 : line.indent,
    after: [],
    waits: after,
    text: [],
    ...(parent === undefined ? {} : { parent }),
    ...(heading || line.ordinal === undefined ? {} : { number: String(line.ordinal) }),
    ...(heading || line.checked === undefined ? {} : { checked: line.checked }),
  };
}

function takeTitle(drafts: Draft[]): { title?: string; items: Draft[]; dropped: number } {
  const [first, ...rest] = drafts;
  const isTitle = first !== undefined && first.heading && first.level === 1 && rest.length > 0;
  if (!isTitle || rest.some((one) => one.heading && one.level === 1)) {
    return { items: drafts, dropped: 0 };
  }
  const items = rest.map(({ parent, ...one }) => ({
    ...one,
    ...(parent === undefined || parent === first.key ? {} : { parent }),
  }));
  return { title: first.name, items, dropped: first.text.filter((line) => line !== "").length };
}

function checkKeys(items: readonly Draft[]): void {
  const seen = new Map<string, number>();
  for (const { key, line } of items) {
    const first = seen.get(key);
    if (first !== undefined) {
      throw problem(line, `id "${shown(key)}" is already the id of line ${first}`);
    }
    seen.set(key, line);
  }
}

/** Gives numbered items their whole number and answers, for each, the numbered sibling before it. */
function numberItems(items: readonly Draft[]): Map<string, string> {
  const byKey = new Map(items.map((item) => [item.key, item]));
  const before = new Map<string, string>();
  const lastNumbered = new Map<string | undefined, Draft>();
  for (const item of items) {
    if (item.number === undefined) {
      lastNumbered.delete(item.parent);
      continue;
    }
    const previous = lastNumbered.get(item.parent);
    const own = Number(item.number);
    if (previous !== undefined && own > Number(previous.number?.split(".").at(-1))) {
      before.set(item.key, previous.key);
    }
    lastNumbered.set(item.parent, item);
    const above = item.parent === undefined ? undefined : byKey.get(item.parent)?.number;
    item.number = above === undefined ? item.number : `${above}.${item.number}`;
  }
  return before;
}

const DETECTED = /\((?:after|depends on|blocked by|waits? (?:on|for))\s+([^()]+)\)/giu;

function detected(items: readonly Draft[], item: Draft, before: ReadonlyMap<string, string>): string[] {
  const previous = before.get(item.key);
  const phrases = [...item.name.matchAll(DETECTED)].flatMap(([, names = ""]) => names.split(/,| and /));
  const named = phrases.flatMap((name) => {
    const [found, second] = matches(items, item, name.trim());
    // A phrase in a sentence may mean something outside of the plan.
    const certain = found !== undefined && second === undefined && !liesUnder(items, item, found.key);
    return certain ? [found.key] : [];
  });
  return previous === undefined ? named : [previous, ...named];
}

/** By id, by the number of a sibling, by whole number, else by name. */
function matches(items: readonly Draft[], from: Draft, name: string): Draft[] {
  const others = items.filter((one) => one !== from);
  const siblings = others.filter((one) => one.parent === from.parent);
  const number = name.replace(/^#/, "");
  const wanted = sameName(name);
  const ways = [
    others.filter((one) => one.key === name),
    siblings.filter((one) => one.number?.split(".").at(-1) === number),
    others.filter((one) => one.number === number),
    others.filter((one) => sameName(one.name) === wanted),
    others.filter((one) => sameName(one.name.replaceAll(DETECTED, "")) === wanted),
  ];
  return ways.find((found) => found.length > 0) ?? [];
}

function findItem(items: readonly Draft[], from: Draft, name: string): string {
  const found = matches(items, from, name);
  if (found.length > 1) {
    const lines = found.map((one) => one.line).join(", ");
    throw problem(from.line, `after: "${shown(name)}" is on lines ${lines}; give one an id: and use that`);
  }
  if (found[0] === undefined) {
    const near = closest(name, items, (one) => one.name).map((one) => `"${shown(one.name)}"`);
    const hint = near.length === 0 ? "" : ` Nearest: ${near.join(", ")}.`;
    throw problem(
      from.line,
      `after: no item "${shown(name)}" in the plan.${hint} Put after: last on its line`,
    );
  }
  if (liesUnder(items, from, found[0].key)) {
    throw problem(from.line, `after: it lies under "${shown(found[0].name)}" itself`);
  }
  return found[0].key;
}

function liesUnder(items: readonly Draft[], item: Draft, key: string): boolean {
  let above = item.parent;
  while (above !== undefined && above !== key) {
    const current = above;
    above = items.find((one) => one.key === current)?.parent;
  }
  return above !== undefined;
}

function refuseLoops(items: readonly Draft[]): void {
  const loop = findCycle(items);
  if (loop === undefined) {
    return;
  }
  const byKey = new Map(items.map((item) => [item.key, item]));
  const names = [...loop, ...loop.slice(0, 1)].map((key) => `"${shown(byKey.get(key)?.name ?? key)}"`);
  throw problem(byKey.get(loop[0] ?? "")?.line ?? 0, `a loop: ${names.join(" waits on ")}`);
}

function finished({ waits: _waits, level: _level, indent: _indent, text, ...item }: Draft): PlanItem {
  const markdown = text.join("\n").trim();
  return markdown === "" ? item : { ...item, markdown };
}

function problem(line: number, what: string): UserInputError {
  return new UserInputError(`plan, line ${line}: ${what}.`, { argument: "plan" });
}
