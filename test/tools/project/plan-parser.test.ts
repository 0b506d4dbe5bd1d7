import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UserInputError } from "../../../tools/words/errors.ts";
import { parsePlan, type PlanItem } from "../../../tools/project/plan-parser.ts";

const parse = (plan: string, detectDependencies = false) => parsePlan(plan, { detectDependencies });
const named = (items: readonly PlanItem[], key: string) =>
  items.find((item) => item.key === key)?.name ?? key;
/** "parent > name <- awaited, awaited" of every item. */
const outline = (plan: string, detect = false) => {
  const { items } = parse(plan, detect);
  return items.map((item) => {
    const parent = item.parent === undefined ? "" : `${named(items, item.parent)} > `;
    const after =
      item.after.length === 0 ? "" : ` <- ${item.after.map((key) => named(items, key)).join(", ")}`;
    return `${parent}${item.name}${after}`;
  });
};

describe("the structure of a plan", () => {
  it("reads headings, nested bullets, check boxes, numbers and text", () => {
    const { title, items, ignored_lines } = parse(
      [
        "# Relaunch",
        "Written on a train.",
        "",
        "## Design",
        "What it should look like.",
        "- [x] Sketches",
        "    * [ ] On paper",
        "      1. Front",
        "      2) Back",
        "+ Mood board",
        "  with colours",
        "",
        "  and a second paragraph",
        "",
        "---",
        "## Build ##",
        "1. Set up",
        "```",
        "- not an item",
        "# nor a heading",
        "```",
      ].join("\n"),
    );
    expect(title).toBe("Relaunch");
    expect(ignored_lines).toBe(1);
    expect(
      items.map(({ name, line, parent, heading, number, checked, markdown }) => ({
        name,
        line,
        ...(parent === undefined ? {} : { parent: named(items, parent) }),
        ...(heading ? { heading } : {}),
        ...(number === undefined ? {} : { number }),
        ...(checked === undefined ? {} : { checked }),
        ...(markdown === undefined ? {} : { markdown }),
      })),
    ).toEqual([
      { name: "Design", line: 4, heading: true, markdown: "What it should look like." },
      { name: "Sketches", line: 6, parent: "Design", checked: true },
      { name: "On paper", line: 7, parent: "Sketches", checked: false },
      { name: "Front", line: 8, parent: "On paper", number: "1" },
      { name: "Back", line: 9, parent: "On paper", number: "2" },
      {
        name: "Mood board",
        line: 10,
        parent: "Design",
        markdown: "with colours\n\nand a second paragraph",
      },
      { name: "Build", line: 16, heading: true },
      {
        name: "Set up",
        line: 17,
        parent: "Build",
        number: "1",
        markdown: "```\n- not an item\n# nor a heading\n```",
      },
    ]);
  });

  it("takes a first-level heading for a task when there are several, and bare bullets as they are", () => {
    expect(outline("# One\n- a\n# Two\n## Sub\n- b")).toEqual([
      "One",
      "One > a",
      "Two",
      "Two > Sub",
      "Sub > b",
    ]);
    expect(outline("- a\n - b\n\t- c\n- d")).toEqual(["a", "b", "b > c", "d"]);
    expect(parse("just words\n\nand more").items).toEqual([]);
    expect(parse("just words\n\nand more").ignored_lines).toBe(2);
  });
});

describe("marks on a line", () => {
  it.each([
    ["Ship @alice @[Dan O'Neil] !high", { name: "Ship", people: ["alice", "Dan O'Neil"], priority: "high" }],
    ["Mail @dan@northwind.test.", { name: "Mail", people: ["dan@northwind.test"] }],
    [
      'Ask @"Grace Hopper-Lee", soon !1',
      { name: "Ask soon", people: ["Grace Hopper-Lee"], priority: "urgent" },
    ],
    ["Plan due:2026-03-10 start: tomorrow", { name: "Plan", due: "2026-03-10", start: "tomorrow" }],
    ["Plan due: next friday est:2h30m", { name: "Plan", due: "next friday", estimate: "2h30m" }],
    ['Plan due:"2026-03-10 15:00" it', { name: "Plan it", due: "2026-03-10 15:00" }],
    ["**Bold** move !LOW", { name: "Bold move", priority: "low" }],
    ["Write to a@b.test !important", { name: "Write to a@b.test !important" }],
    ["Overdue: pay", { name: "Overdue: pay" }],
    ["Export \\@2x \\!high", { name: "Export @2x !high" }],
    ["Call due:in 3 days back", { name: "Call back", due: "in 3 days" }],
  ])("%s", (line, wanted) => {
    const [item] = parse(`- ${line}`).items;
    const {
      key: _key,
      line: _line,
      heading: _heading,
      after: _after,
      people,
      ...rest
    } = item ?? {
      people: [],
    };
    expect({ ...rest, ...((people ?? []).length === 0 ? {} : { people }) }).toEqual(wanted);
  });

  it("resolves after: by name, number, id and list", () => {
    expect(outline('- a\n- b after:a\n- c after: A, b @me\n- d id:dd\n- e !low after:[b], "c"')).toEqual([
      "a",
      "b <- a",
      "c <- a, b",
      "d",
      "e <- b, c",
    ]);
    expect(outline("1. one\n2. two after:1\n   1. deep after: 1\n3. three after:dd\n4. four id:dd")).toEqual([
      "one",
      "two <- one",
      // The number of a sibling goes before the same number elsewhere; it has none, so it is the first item.
      "two > deep <- one",
      "three <- four",
      "four",
    ]);
    expect(outline("1. a\n   1. b\n   2. c\n2. d after:1.2")).toEqual(["a", "a > b", "a > c", "d <- c"]);
  });

  it("detects numbered sequences and phrases only when asked", () => {
    const plan = "1. a\n2. b\n- x\n- y (after a)\n- z (depends on the moon)\n1. p\n2. q";
    expect(outline(plan).some((line) => line.includes("<-"))).toBe(false);
    expect(outline(plan, true)).toEqual([
      "a",
      "b <- a",
      "x",
      "y (after a) <- a",
      "z (depends on the moon)",
      "p",
      "q <- p",
    ]);
  });

  it.each([
    ["- a\n- b after:nothing", 'line 2: after: no item "nothing"'],
    ["- Draft\n- b after:Drft", 'Nearest: "Draft"'],
    ["- a\n- a\n- b after:a", 'line 3: after: "a" is on lines 1, 2; give one an id:'],
    ["- a after:c\n- b after:a\n- c after:b", 'a loop: "a" waits on "c" waits on "b" waits on "a"'],
    ["- a\n  - b after:a", 'line 2: after: it lies under "a" itself'],
    ["- a id:x\n- b id:x", 'line 2: id "x" is already the id of line 1'],
    ["- @alice", "line 1: it has no name"],
    ["- a after:a", 'no item "a" in the plan'],
  ])("refuses %j", (plan, message) => {
    expect(() => parse(plan)).toThrow(UserInputError);
    expect(() => parse(plan)).toThrow(message);
  });
});

describe("a hostile plan", () => {
  it("is read in no time or refused", () => {
    const spaces = " ".repeat(1_900);
    const lines = [
      `# a${spaces}b`,
      `- c after:"x"${spaces}"y"`,
      `- ${"-".repeat(1_900)}x`,
      `- @${"a.".repeat(900)}@`,
    ];
    const started_ms = performance.now();
    for (const line of lines) {
      try {
        parse(Array.from({ length: 20 }, () => line).join("\n"));
      } catch (error) {
        expect(error).toBeInstanceOf(UserInputError);
      }
    }
    expect(performance.now() - started_ms).toBeLessThan(3_000);
    expect(parse(`- ${"x".repeat(3_000)}`)).toMatchObject({ items: [], ignored_lines: 1 });
    expect(() => parse("- a\n".repeat(60_000))).toThrow("plan: 240000 characters");
  });
});

interface Tree {
  name: string;
  checked: boolean | undefined;
  priority: string | undefined;
  person: string | undefined;
  text: string | undefined;
  children: Tree[];
}

const word = fc.stringMatching(/^[a-zäß][a-z0-9äß']{0,8}$/u);
const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.record({
    name: fc.array(word, { minLength: 1, maxLength: 4 }).map((words) => words.join(" ")),
    checked: fc.option(fc.boolean(), { nil: undefined }),
    priority: fc.option(fc.constantFrom("urgent", "high", "normal", "low"), { nil: undefined }),
    person: fc.option(
      fc.array(word, { minLength: 1, maxLength: 2 }).map((words) => words.join(" ")),
      {
        nil: undefined,
      },
    ),
    text: fc.option(
      fc.array(word, { minLength: 1, maxLength: 5 }).map((words) => words.join(" ")),
      { nil: undefined },
    ),
    children: fc.oneof(
      { depthSize: "small" },
      fc.constant<Tree[]>([]),
      fc.array(tie("tree"), { maxLength: 3 }),
    ),
  }),
}));

function written(trees: readonly Tree[], indent: string, bullet: string): string[] {
  return trees.flatMap((one) => {
    const box = one.checked === undefined ? "" : one.checked ? "[x] " : "[ ] ";
    const marks = [
      ...(one.person === undefined ? [] : [`@[${one.person}]`]),
      ...(one.priority === undefined ? [] : [`!${one.priority}`]),
    ];
    return [
      `${indent}${bullet} ${box}${[one.name, ...marks].join(" ")}`,
      ...(one.text === undefined ? [] : [`${indent}   ${one.text}`]),
      ...written(one.children, `${indent}   `, bullet),
    ];
  });
}

function rebuilt(items: readonly PlanItem[], parent: string | undefined): Tree[] {
  return items
    .filter((item) => item.parent === parent)
    .map((item) => ({
      name: item.name,
      checked: item.checked,
      priority: item.priority,
      person: item.people[0],
      text: item.markdown,
      children: rebuilt(items, item.key),
    }));
}

describe("a plan that was written from a tree", () => {
  it("reads as that tree, whatever the bullets", () => {
    fc.assert(
      fc.property(fc.array(tree, { maxLength: 4 }), fc.constantFrom("-", "*", "+", "1."), (trees, bullet) => {
        const { items, ignored_lines } = parse(written(trees, "", bullet).join("\n"));
        expect(ignored_lines).toBe(0);
        expect(rebuilt(items, undefined)).toEqual(trees);
      }),
    );
  });

  it("never fails in another way than naming a line, and loses no bullet", () => {
    const line = fc.oneof(
      fc.string({ maxLength: 30 }),
      fc.constantFrom(
        "- a",
        "  - b @me",
        "1. c",
        "## d",
        "```",
        "",
        "- e after: a",
        "\t* f !high due: x",
        "   3) g",
      ),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), fc.boolean(), (lines, detect) => {
        try {
          const { items } = parse(lines.join("\n"), detect);
          expect(new Set(items.map((item) => item.key)).size).toBe(items.length);
          for (const item of items) {
            expect(item.name).not.toBe("");
            expect(item.parent === undefined || items.some((one) => one.key === item.parent)).toBe(true);
            expect(item.after.every((key) => items.some((one) => one.key === key))).toBe(true);
          }
        } catch (error) {
          expect(error).toBeInstanceOf(UserInputError);
          expect((error as Error).message).toMatch(/^plan, line \d+: /);
        }
      }),
      { numRuns: 500 },
    );
  });
});
