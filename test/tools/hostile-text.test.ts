/**
 * A ClickUp full of hostile text, and every tool: what people wrote stands in the fence or in the data, whatever
 * becomes of the call.
 */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { TOOLS } from "../../tools/catalog.ts";
import type { Tool } from "../../tools/define.ts";
import { lineFaults, textFaults, unseenFaults } from "../corpus/contained.ts";
import { INJECTIONS, MARK } from "../corpus/injections.ts";
import { isName, plant, planted, plantedStatus } from "../corpus/plant.ts";
import { shown } from "../../tools/words/names.ts";
import { SANDBOX } from "../sandbox/clickup/facts.ts";
import { NORTHWIND, SIDE, textOf, useWorld, type World } from "./context.ts";
import { premium } from "./premium.ts";
import { BEFORE, SAMPLES } from "./samples.ts";

const { tasks, pages } = SANDBOX;
const world = useWorld();
const named = TOOLS.map((tool) => [tool.name, tool] as const);

let asked: string[] = [];
let pristine: unknown;
let names = new Map<string, string>();

/** A world whose every text is planted, and whose person is asked and says yes. */
function hostile(): World {
  const w = premium(world(), {
    workspaces: [NORTHWIND, SIDE].map(({ id, name }) => ({ id, name: planted(name) })),
    defaultWorkspaceId: NORTHWIND.id,
    confirm: (question) => {
      asked.push(question);
      return Promise.resolve("accepted");
    },
  });
  names = namesOf(w.sandbox.snapshot());
  const [comment] = Object.values(w.sandbox.state.data.comments).filter(
    ({ parent }) => parent.id === tasks.export,
  );
  plant(w.sandbox.state, [tasks.export, pages.deploy, comment?.id ?? ""]);
  pristine = w.sandbox.snapshot();
  asked = [];
  return w;
}

/** Every text of the seed a sample may name, and what became of it. */
function namesOf(snapshot: unknown): Map<string, string> {
  const found = new Map<string, string>();
  const walk = (value: unknown, key: string): void => {
    if (typeof value === "string") {
      if (key === "status") found.set(value, plantedStatus(value));
      else if (isName(key)) found.set(value, planted(value));
    } else if (Array.isArray(value)) value.forEach((one) => walk(one, key));
    else if (typeof value === "object" && value !== null)
      for (const [name, one] of Object.entries(value)) walk(one, name);
  };
  walk(snapshot, "");
  return found;
}

/** Arguments with the names people gave in the place of those of the seed. */
function renamed(value: unknown): unknown {
  if (typeof value === "string") return names.get(value) ?? value;
  if (Array.isArray(value)) return value.map(renamed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, renamed(one)]));
}

/** Every text of the arguments, as an error may say it back: on one line, and cut. */
function sentTexts(args: unknown): string[] {
  const texts: string[] = [];
  const walk = (value: unknown): void => {
    if (typeof value === "string") texts.push(value);
    else if (typeof value === "object" && value !== null) {
      texts.push(...Object.keys(value));
      for (const one of Object.values(value)) walk(one);
    }
  };
  walk(args);
  return texts
    .flatMap((text) => [shown(text), shown(text, 40), shown(text, 120)])
    .filter((text) => MARK.test(text));
}

async function run(
  w: World,
  tool: Tool,
  args: unknown,
): Promise<{ outcome: string; faults: string[]; text: string }> {
  if (w.sandbox.calls.some(({ method }) => method !== "GET")) {
    w.sandbox.restore(pristine);
    w.ctx.cache.drop("");
    w.sandbox.clearCalls();
  }
  for (const [before, beforeArgs] of BEFORE[tool.name] ?? []) await w.call(before, beforeArgs);
  const { outcome, result } = await w.call(tool, args);
  const text = textOf(result.content);
  const faults = [...textFaults(text, sentTexts(args)), ...unseenFaults(result.structuredContent)];
  if (outcome === "internal_error") faults.push(text);
  return { outcome, faults, text };
}

/** The sample with one text replaced, for every text in it. */
function variants(sample: unknown, replacements: readonly string[]): unknown[] {
  const paths: (string | number)[][] = [];
  const walk = (value: unknown, path: (string | number)[]): void => {
    if (typeof value === "string") paths.push(path);
    else if (Array.isArray(value)) value.forEach((one, i) => walk(one, [...path, i]));
    else if (typeof value === "object" && value !== null)
      for (const [key, one] of Object.entries(value)) walk(one, [...path, key]);
  };
  walk(sample, []);
  return paths.flatMap((path) => replacements.map((text) => withText(sample, path, text)));
}

function withText(value: unknown, [head, ...rest]: (string | number)[], text: string): unknown {
  if (head === undefined) return text;
  if (Array.isArray(value)) return value.map((one, i) => (i === head ? withText(one, rest, text) : one));
  return { ...(value as object), [head]: withText((value as Record<string, unknown>)[head], rest, text) };
}

describe("the corpus", () => {
  it("is in the sandbox, each of it", () => {
    const w = hostile();
    const text = JSON.stringify(w.sandbox.snapshot());
    for (const { name, text: injection } of INJECTIONS) {
      const escaped = JSON.stringify(injection).slice(1, -1);
      expect(text.includes(escaped), name).toBe(true);
    }
  });
});

describe("an answer", () => {
  it.each(named)("of %s holds people's text in the fence and in the data alone", async (_, tool) => {
    const w = hostile();
    const { outcome, faults, text } = await run(w, tool, renamed(SAMPLES[tool.name]));
    expect(faults).toEqual([]);
    expect(outcome, text).toBe("ok");
    for (const question of asked) expect(lineFaults(question, 600)).toEqual([]);
  });
});

describe("an address", () => {
  it.each([
    "javascript:alert(1)",
    " JavaScript:alert(1)",
    "data:text/html,x",
    "file:///etc/passwd",
    "//evil.example",
  ])("of an attachment that is no web address is left out: %s", async (url) => {
    const w = hostile();
    const task = w.sandbox.state.task(tasks.export);
    for (const attachment of task.attachments) attachment.url = url;
    const data = await w.ok("clickup_task_get", { task: tasks.export, include: ["attachments"] });
    expect(data["attachments"]).toHaveLength(task.attachments.length);
    for (const one of data["attachments"] as Record<string, unknown>[]) expect(one).not.toHaveProperty("url");
  });
});

describe("an error", () => {
  /** Names that are none, nearly one, or several; and a word that ClickUp folds and one that is no id. */
  const WRONG = ["nope", "Backlog", "86c"];

  it.each(named)("of %s offers names in the fence alone", async (_, tool) => {
    const w = hostile();
    const sample = SAMPLES[tool.name];
    const tried = [sample, ...variants(renamed(sample), WRONG)];
    for (const args of tried) {
      const { faults } = await run(w, tool, args);
      expect(faults, JSON.stringify(args)).toEqual([]);
    }
  });

  it("does offer names: the check is not about nothing", async () => {
    const w = hostile();
    const { text, outcome } = await run(
      w,
      TOOLS.find(({ name }) => name === "clickup_list_get")!,
      { list: "Sprint" },
    );
    expect(outcome).toBe("user_error");
    expect(text).toMatch(/^2 lists match|^No list "Sprint"/);
    expect(text).toMatch(MARK);
    expect(text).toMatch(/\[1\] \(90\d+\)[^]*<<<clickup/);
  });

  const two = (name: string) => planted(name);
  it.each([
    ["a name several carry", "clickup_list_get", () => ({ list: two("Backlog") })],
    [
      "a status the list lacks",
      "clickup_task_search",
      () => ({ lists: ["901205550001"], statuses: ["nope"] }),
    ],
    ["a status to set", "clickup_task_update", () => ({ task: "86cdocs01", status: "nope" })],
    [
      "a status to create with",
      "clickup_task_create",
      () => ({ list: "901205550001", name: "x", status: "nope" }),
    ],
    [
      "a status to map",
      "clickup_task_move",
      () => ({ task: "86cdocs01", to_list: "901205550003", status_map: { nope: "nope" } }),
    ],
    [
      "a status that is not there",
      "clickup_task_move",
      () => ({ task: "86cexprt1", to_list: "901205550003" }),
    ],
    [
      "an option",
      "clickup_custom_field_set_value",
      () => ({ task: "86cexprt1", field: "11111111-0000-4000-a000-000000000003", value: "nope" }),
    ],
    [
      "a label",
      "clickup_custom_field_set_value",
      () => ({ task: "86cexprt1", field: "11111111-0000-4000-a000-000000000004", value: ["nope"] }),
    ],
    ["a field", "clickup_task_update", () => ({ task: "86cexprt1", custom_fields: { Release: 1, nope: 2 } })],
    ["a field to clear", "clickup_task_update", () => ({ task: "86cexprt1", clear: ["Release"] })],
    ["a person", "clickup_task_update", () => ({ task: "86cexprt1", assignees: { add: ["Carol"] } })],
    ["a mention", "clickup_comment_create", () => ({ task: "86cexprt1", markdown: "@Nobody hello" })],
    ["a task type", "clickup_task_create", () => ({ list: "901205550001", name: "x", type: "nope" })],
    ["a tag", "clickup_tag_remove", () => ({ task: "86cexprt1", tag: "c++" })],
    ["a page", "clickup_document_page_get", () => ({ doc: "8cdu22c-10013", pages: ["Deploy"] })],
    ["a name that is taken", "clickup_space_create", () => ({ name: planted("Product") })],
    [
      "a batch",
      "clickup_task_bulk_create_with_dependencies",
      () => ({ list: "901205550001", tasks: [{ key: "a", name: "x", status: "nope" }] }),
    ],
  ] as const)("about %s", async (_, name, args) => {
    const w = hostile();
    const tool = TOOLS.find((one) => one.name === name)!;
    const { faults } = await run(w, tool, args());
    expect(faults).toEqual([]);
  });

  it("about a loop of tasks", async () => {
    const w = hostile();
    w.sandbox.state.data.dependencies.push(
      ...[
        ["86cdocs01", "86cexprt1"],
        ["86cexprt1", "86cdocs01"],
      ].map(([task_id = "", depends_on = ""]) => ({
        task_id,
        depends_on,
        date_created: 0,
        userid: 81_000_001,
      })),
    );
    pristine = w.sandbox.snapshot();
    for (const tool of ["clickup_task_calculate_timeline", "clickup_task_identify_parallel_groups"]) {
      const { faults, text, outcome } = await run(
        w,
        TOOLS.find(({ name }) => name === tool)!,
        { list: "901205550001" },
      );
      expect(faults).toEqual([]);
      expect(outcome).toBe("user_error");
      expect(text).toMatch(/in a loop: \[1\]/);
    }
  });
});

describe("what ClickUp says when it refuses", () => {
  const realFetch = globalThis.fetch;
  let answer: (() => Response) | undefined;

  beforeEach(() => {
    const sandbox = globalThis.fetch;
    globalThis.fetch = async (...args: Parameters<typeof fetch>) => answer?.() ?? (await sandbox(...args));
  });
  afterEach(() => {
    answer = undefined;
    globalThis.fetch = realFetch;
  });

  const bodies: [string, (text: string) => unknown][] = [
    ["v2", (err) => ({ err, ECODE: "ITEM_015" })],
    ["v3", (message) => ({ status: 400, message, trace_id: message, timestamp: 1 })],
    ["code", (err) => ({ err, ECODE: err })],
  ];

  it.each(INJECTIONS.map(({ name, text }) => [name, text] as const))(
    "stays in the fence: %s",
    async (_, text) => {
      const w = hostile();
      const tool = TOOLS.find(({ name }) => name === "clickup_task_get")!;
      for (const [, body] of bodies) {
        for (const status of [400, 401, 403, 404, 429, 500]) {
          answer = () =>
            Response.json(body(`zqx000 ${text}`), {
              status,
              headers: { "X-RateLimit-Reset": text.replaceAll(/[^\x20-\x7E]/g, "") },
            });
          const { outcome, result } = await w.call(tool, { task: "86cexprt1" });
          expect(outcome).toMatch(/upstream_error|user_error/);
          expect([...textFaults(textOf(result.content)), ...unseenFaults(result)]).toEqual([]);
        }
      }
    },
  );
});
