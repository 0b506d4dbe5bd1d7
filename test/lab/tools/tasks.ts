/** Things people ask an assistant to do in ClickUp, as tool calls. What they cost is measured and held to budgets. */
import { SANDBOX } from "../../sandbox/clickup/index.ts";
import { measuredSandbox } from "./world.ts";

export type Step = [tool: string, args: Record<string, unknown>];

export interface ToolTask {
  what: string;
  /** Calls before the measured ones: they fill the cache. */
  warm?: readonly Step[];
  calls: readonly Step[];
  /** How often the person is asked before something may be lost. */
  asked?: number;
}

const { lists, tasks, docs, fields, pages, folders, workspaces } = SANDBOX;
const hierarchy: Step = ["clickup_workspace_hierarchy", {}];
const people: Step = ["clickup_member_list", {}];
const warmed: readonly Step[] = [hierarchy];

const onboarding = measuredSandbox()
  .state.tasksOfList(lists.onboarding)
  .slice(0, 10)
  .map((task) => task.id);

export const TOOL_TASKS: readonly ToolTask[] = [
  { what: "See the whole workspace, cold", calls: [hierarchy] },
  { what: "See it again within a minute", warm: warmed, calls: [hierarchy] },
  {
    what: "Look at a folderless list by its URL",
    calls: [
      [
        "clickup_list_get",
        { list: `https://app.clickup.com/${workspaces.northwind}/v/li/${lists.onboarding}` },
      ],
    ],
  },

  // Finding
  {
    what: "Find my overdue tasks",
    calls: [["clickup_task_search", { assignees: ["me"], due: "..yesterday", order_by: "due" }]],
  },
  {
    what: "One person's tasks in a space, warm",
    warm: [hierarchy, people],
    calls: [["clickup_task_search", { assignees: ["Carol"], spaces: ["Product"] }]],
  },
  {
    what: "Find tasks by words in a folder, warm",
    warm: warmed,
    calls: [["clickup_task_search", { query: "invoice export", folders: ["Sprints"] }]],
  },
  {
    what: "A page of 100 tasks of a list",
    warm: warmed,
    calls: [["clickup_task_search", { lists: [lists.backlog] }]],
  },
  { what: "Read a task by its custom id", calls: [["clickup_task_get", { task: "DEV-42" }]] },
  {
    what: "Read a task with its comments",
    calls: [["clickup_task_get", { task: "DEV-42", include: ["comments"] }]],
  },
  {
    what: "Read all of a task",
    calls: [
      [
        "clickup_task_get",
        {
          task: "DEV-42",
          include: ["description", "subtasks", "comments", "custom_fields", "attachments"],
        },
      ],
    ],
  },

  // Writing
  {
    what: "Create a task by list name, warm",
    warm: warmed,
    calls: [["clickup_task_create", { list: "Onboarding", name: "Order badges" }]],
  },
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
    what: "List a list's custom fields and set a drop-down by its label",
    calls: [
      ["clickup_custom_field_get_definitions", { list: lists.sprint21 }],
      ["clickup_custom_field_set_by_name", { task: tasks.docs, field: "Severity", value: "High" }],
    ],
  },
  { what: "Tag a task", calls: [["clickup_tag_add", { task: tasks.docs, tag: "bug" }]] },
  {
    what: "Move a task to another list",
    warm: warmed,
    calls: [
      ["clickup_task_move", { task: tasks.docs, to_list: "Onboarding", status_map: { backlog: "to do" } }],
    ],
  },
  {
    what: "Duplicate a task with its three subtasks",
    calls: [["clickup_task_duplicate", { task: tasks.export, include: ["subtasks"] }]],
  },
  {
    what: "Delete a task after asking",
    calls: [["clickup_task_delete", { task: tasks.odd }]],
    asked: 1,
  },

  // Many at once
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
    what: "Change ten tasks",
    calls: [
      [
        "clickup_task_bulk_update",
        { updates: onboarding.map((task) => ({ task, priority: "high", due: "2026-03-13" })) },
      ],
    ],
  },
  {
    what: "Create five tasks and their order from a plan, warm",
    warm: warmed,
    calls: [
      [
        "clickup_task_create_from_plan",
        {
          list: "Onboarding",
          plan: "# New colleague\n1. Contract !high\n2. Order a laptop est:1h\n3. Accounts\n4. First day due:2026-03-20\n5. Talk after a month",
          detect_dependencies: true,
        },
      ],
    ],
  },

  // Order in time
  {
    what: "Make a task wait on another and look at it",
    calls: [
      ["clickup_task_add_dependency", { task: tasks.longId, waiting_on: tasks.docs }],
      ["clickup_task_get_dependencies", { task: tasks.longId }],
    ],
  },
  {
    what: "Critical path of a list",
    warm: warmed,
    calls: [["clickup_task_calculate_timeline", { list: lists.sprint21 }]],
  },
  {
    what: "Start a project from a template",
    calls: [
      [
        "clickup_project_initialize",
        { name: "Spring relaunch", template: "software_sprint", start: "2026-03-09" },
      ],
    ],
  },
  {
    what: "Add a list to a folder",
    calls: [["clickup_list_create_in_folder", { folder: folders.vendors, name: "Renewals" }]],
  },

  // Time
  {
    what: "Log an hour on a task",
    calls: [["clickup_time_entry_add", { task: tasks.docs, start: "2026-03-01T09:00", duration: "1h" }]],
  },
  {
    what: "Start and stop my timer",
    calls: [
      ["clickup_time_tracking_start", { task: tasks.docs }],
      ["clickup_time_tracking_stop", {}],
    ],
  },
  {
    what: "Everybody's time of a week",
    warm: [people],
    calls: [["clickup_time_entry_list", { from: "2026-02-23", to: "2026-03-01", assignees: ["all"] }]],
  },

  // People and words
  {
    what: "Resolve five people, warm",
    warm: [people],
    calls: [["clickup_member_resolve", { names: ["Alice", "Carol", "Dan", "Eve", "Frank"] }]],
  },
  {
    what: "Comment with a mention",
    warm: [people],
    calls: [["clickup_comment_create", { task: tasks.docs, markdown: "@Carol please look" }]],
  },
  {
    what: "Read a task's comments and replies",
    calls: [["clickup_comment_list", { task: tasks.export, replies: true }]],
  },

  // Docs
  {
    what: "Read a doc page",
    calls: [["clickup_document_page_get", { doc: docs.handbook, pages: [pages.deploy] }]],
  },
  {
    what: "Find a doc by name and add to one of its pages",
    calls: [
      ["clickup_document_list", { query: "handbook" }],
      ["clickup_document_page_list", { doc: docs.handbook }],
      [
        "clickup_document_page_update",
        { doc: docs.handbook, page: pages.style, markdown: "- short words", mode: "append" },
      ],
    ],
  },
];
