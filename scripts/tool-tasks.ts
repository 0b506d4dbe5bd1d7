/** Things people ask an assistant to do in ClickUp, as tool calls: what each costs in ClickUp calls and bytes. */
import { SANDBOX } from "../test/sandbox/clickup/index.ts";
import { openToolWorld } from "./tool-world.ts";

interface Task {
  what: string;
  /** Calls before the measured ones: they fill the cache. */
  warm?: [string, Record<string, unknown>][];
  calls: [string, Record<string, unknown>][];
}

const { lists, tasks, docs, fields } = SANDBOX;
const warmed: [string, Record<string, unknown>][] = [["clickup_workspace_hierarchy", {}]];

const TASKS: readonly Task[] = [
  { what: "See the whole workspace, cold", calls: warmed },
  { what: "See it again within a minute", warm: warmed, calls: warmed },
  {
    what: "Create a task by list name, warm",
    warm: warmed,
    calls: [["clickup_task_create", { list: "Onboarding", name: "Order badges" }]],
  },
  { what: "Read a task by its custom id", calls: [["clickup_task_get", { task: "DEV-42" }]] },
  {
    what: "Rename a task",
    calls: [["clickup_task_update", { task: tasks.docs, name: "Document the export endpoint" }]],
  },
  {
    what: "Set the status and three custom fields of a task, warm",
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
    warm: [["clickup_member_list", {}]],
    calls: [["clickup_member_resolve", { names: ["Alice", "Carol", "Dan", "Eve", "Frank"] }]],
  },
  {
    what: "A page of 100 tasks of a list",
    warm: warmed,
    calls: [["clickup_task_search", { lists: [lists.backlog] }]],
  },
  {
    what: "Log an hour on a task",
    calls: [["clickup_time_entry_add", { task: tasks.docs, start: "2026-03-01T09:00", duration: "1h" }]],
  },
  {
    what: "Comment with a mention",
    warm: [["clickup_member_list", {}]],
    calls: [["clickup_comment_create", { task: tasks.docs, markdown: "@Carol please look" }]],
  },
  {
    what: "Move a task to another list",
    warm: warmed,
    calls: [
      ["clickup_task_move", { task: tasks.docs, to_list: "Onboarding", status_map: { backlog: "to do" } }],
    ],
  },
  {
    what: "Create ten tasks",
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
    warm: warmed,
    calls: [["clickup_task_calculate_timeline", { list: lists.sprint21 }]],
  },
  {
    what: "Read a doc page",
    calls: [["clickup_document_page_get", { doc: docs.handbook, pages: [SANDBOX.pages.deploy] }]],
  },
];

export interface Measured {
  what: string;
  clickup_calls: number;
  answer_bytes: number;
  raw_bytes: number;
}

/** Deterministic: the sandbox's seed and clock are fixed. */
export async function measureTasks(): Promise<Measured[]> {
  const measured: Measured[] = [];
  for (const task of TASKS) {
    const world = openToolWorld();
    for (const [tool, args] of task.warm ?? []) await world.call(tool, args);
    world.sandbox.clearCalls();
    const before_bytes = world.rawBytes();
    let answer_bytes = 0;
    for (const [tool, args] of task.calls) {
      const { result } = await world.call(tool, args);
      answer_bytes += Buffer.byteLength(result.content.map((c) => c.text).join("\n"));
    }
    measured.push({
      what: task.what,
      clickup_calls: world.sandbox.calls.length,
      answer_bytes,
      raw_bytes: world.rawBytes() - before_bytes,
    });
  }
  return measured;
}
