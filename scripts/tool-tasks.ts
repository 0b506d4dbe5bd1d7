/** Things people ask an assistant to do in ClickUp, as tool calls: what each costs in ClickUp calls and bytes. */
import { encode } from "gpt-tokenizer/encoding/o200k_base";
import { SANDBOX } from "../test/sandbox/clickup/index.ts";
import type { CallOutcome } from "../tools/call.ts";
import { openToolWorld } from "./tool-world.ts";

interface Task {
  what: string;
  /** The most it may cost: calls to ClickUp, and tokens of the answers a model reads (o200k_base). */
  budget: { calls: number; tokens: number };
  /** Calls before the measured ones: they fill the cache. */
  warm?: Call[];
  /** The calls; a function is told the ids of the tasks that the warm calls made. */
  calls: Call[] | ((made: string[]) => Call[]);
}

type Call = [tool: string, args: Record<string, unknown>];

const { lists, tasks, docs, fields } = SANDBOX;
const warmed: Call[] = [["clickup_workspace_hierarchy", {}]];

const TASKS: readonly Task[] = [
  { what: "See the whole workspace, cold", budget: { calls: 7, tokens: 240 }, calls: warmed },
  { what: "See it again within a minute", budget: { calls: 0, tokens: 240 }, warm: warmed, calls: warmed },
  {
    what: "Create a task by list name, warm",
    budget: { calls: 1, tokens: 190 },
    warm: warmed,
    calls: [["clickup_task_create", { list: "Onboarding", name: "Order badges" }]],
  },
  {
    what: "Read a task by its custom id",
    budget: { calls: 1, tokens: 330 },
    calls: [["clickup_task_get", { task: "DEV-42" }]],
  },
  {
    what: "Rename a task",
    budget: { calls: 2, tokens: 90 },
    calls: [["clickup_task_update", { task: tasks.docs, name: "Document the export endpoint" }]],
  },
  {
    what: "Set the status and three custom fields of a task, warm",
    budget: { calls: 4, tokens: 160 },
    warm: [
      ["clickup_custom_field_get_definitions", { list: lists.sprint21 }],
      ["clickup_task_get", { task: tasks.export }],
    ],
    calls: [
      [
        "clickup_task_update",
        {
          task: tasks.export,
          status: "in review",
          custom_fields: { [fields.shortText]: "A", [fields.number]: 3, [fields.checkbox]: true },
        },
      ],
    ],
  },
  {
    what: "Resolve five people, warm",
    budget: { calls: 0, tokens: 290 },
    warm: [["clickup_member_list", {}]],
    calls: [["clickup_member_resolve", { names: ["Alice", "Carol", "Dan", "Eve", "Frank"] }]],
  },
  {
    what: "A page of 100 tasks of a list",
    budget: { calls: 1, tokens: 6600 },
    warm: warmed,
    calls: [["clickup_task_search", { lists: [lists.backlog] }]],
  },
  {
    what: "Log an hour on a task",
    budget: { calls: 1, tokens: 150 },
    calls: [["clickup_time_entry_add", { task: tasks.docs, start: "2026-03-01T09:00", duration: "1h" }]],
  },
  {
    what: "Comment with a mention",
    budget: { calls: 1, tokens: 120 },
    warm: [["clickup_member_list", {}]],
    calls: [["clickup_comment_create", { task: tasks.docs, markdown: "@Carol please look" }]],
  },
  {
    what: "Move a task to another list",
    budget: { calls: 5, tokens: 150 },
    warm: warmed,
    calls: [
      ["clickup_task_move", { task: tasks.docs, to_list: "Onboarding", status_map: { backlog: "to do" } }],
    ],
  },
  {
    what: "Create ten tasks",
    budget: { calls: 10, tokens: 290 },
    warm: warmed,
    calls: [
      [
        "clickup_task_bulk_create",
        { list: "Onboarding", tasks: Array.from({ length: 10 }, (_, i) => ({ name: `Step ${i + 1}` })) },
      ],
    ],
  },
  {
    what: "Critical path of a list",
    budget: { calls: 1, tokens: 2780 },
    warm: warmed,
    calls: [["clickup_task_calculate_timeline", { list: lists.sprint21 }]],
  },
  {
    what: "Read a doc page",
    budget: { calls: 1, tokens: 190 },
    calls: [["clickup_document_page_get", { doc: docs.handbook, pages: [SANDBOX.pages.deploy] }]],
  },
  {
    what: "My open tasks that are due by a date",
    budget: { calls: 1, tokens: 2190 },
    warm: warmed,
    calls: [["clickup_task_search", { assignees: ["me"], due: "..2026-03-31" }]],
  },
  {
    what: "Read a task with description, subtasks and comments",
    budget: { calls: 2, tokens: 1760 },
    warm: warmed,
    calls: [["clickup_task_get", { task: "DEV-42", include: ["description", "subtasks", "comments"] }]],
  },
  {
    what: "Give ten tasks another priority",
    budget: { calls: 10, tokens: 370 },
    warm: [
      ...warmed,
      [
        "clickup_task_bulk_create",
        { list: "Onboarding", tasks: Array.from({ length: 10 }, (_, i) => ({ name: `Badge ${i + 1}` })) },
      ],
    ],
    calls: (before) => [
      ["clickup_task_bulk_update", { updates: before.map((task) => ({ task, priority: "high" })) }],
    ],
  },
  {
    what: "Make one task wait on another, and see it",
    budget: { calls: 2, tokens: 190 },
    calls: [
      ["clickup_task_add_dependency", { task: tasks.longId, waiting_on: tasks.docs }],
      ["clickup_task_get_dependencies", { task: tasks.longId }],
    ],
  },
  {
    what: "Report the time of a month",
    budget: { calls: 1, tokens: 980 },
    calls: [["clickup_time_entry_list", { from: "2026-02-01", to: "2026-03-02" }]],
  },
  {
    what: "Set a custom field by its name, warm",
    budget: { calls: 3, tokens: 150 },
    warm: [["clickup_custom_field_get_definitions", { list: lists.sprint21 }]],
    calls: [["clickup_custom_field_set_by_name", { task: tasks.export, field: "Release", value: "2026.5" }]],
  },
  {
    what: "Find a doc and add to one of its pages",
    budget: { calls: 4, tokens: 270 },
    calls: [
      ["clickup_document_list", { query: "handbook" }],
      [
        "clickup_document_page_update",
        { doc: docs.handbook, page: SANDBOX.pages.style, markdown: "More", mode: "append" },
      ],
    ],
  },
  {
    what: "Set up a project from a plan of six lines, warm",
    budget: { calls: 9, tokens: 230 },
    warm: warmed,
    calls: [
      [
        "clickup_task_create_from_plan",
        {
          list: "Onboarding",
          plan: "# Prepare\n- Book a room\n- Invite people after: Book a room\n# Do\n- Hold the workshop after: Invite people\n- Write it down after: Hold the workshop",
        },
      ],
    ],
  },
];

export interface Measured {
  what: string;
  clickup_calls: number;
  answer_bytes: number;
  answer_tokens: number;
  raw_bytes: number;
  /** Of the JSON ClickUp answered, as a server would hand it on that only passes it through. */
  raw_tokens: number;
  budget: Task["budget"];
}

/** Deterministic: the sandbox's seed and clock are fixed. */
export async function measureTasks(): Promise<Measured[]> {
  const measured: Measured[] = [];
  for (const task of TASKS) {
    const world = openToolWorld();
    const made: string[] = [];
    for (const [tool, args] of task.warm ?? []) made.push(...createdIds(await world.call(tool, args)));
    world.sandbox.clearCalls();
    world.raw.length = 0;
    const answers: string[] = [];
    for (const [tool, args] of typeof task.calls === "function" ? task.calls(made) : task.calls) {
      const { result } = await world.call(tool, args);
      answers.push(result.content.map((c) => c.text).join("\n"));
    }
    measured.push({
      what: task.what,
      clickup_calls: world.sandbox.calls.length,
      answer_bytes: bytes(answers),
      answer_tokens: tokens(answers.map(withoutChance)),
      raw_bytes: bytes(world.raw),
      raw_tokens: tokens(world.raw),
      budget: task.budget,
    });
  }
  return measured;
}

/** What is over budget, in a sentence each. */
export function overBudget(measured: readonly Measured[]): string[] {
  return measured.flatMap(({ what, clickup_calls, answer_tokens, budget }) => [
    ...(clickup_calls > budget.calls ? [`${what}: ${clickup_calls} calls, at most ${budget.calls}`] : []),
    ...(answer_tokens > budget.tokens ? [`${what}: ${answer_tokens} tokens, at most ${budget.tokens}`] : []),
  ]);
}

/** Ids of the tasks a bulk creation reports. */
function createdIds({ result }: CallOutcome): string[] {
  const { items } = (result.structuredContent ?? {}) as { items?: { id?: string }[] };
  return items?.flatMap(({ id }) => id ?? []) ?? [];
}

/** A fence has a random id, whose tokens differ from answer to answer. */
function withoutChance(answer: string): string {
  return answer.replaceAll(/clickup [0-9a-f]{12}/g, "clickup 0123456789ab");
}

function bytes(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
}

function tokens(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + encode(text).length, 0);
}
