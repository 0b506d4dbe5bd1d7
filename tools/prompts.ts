/**
 * Prompts a person picks in their client: each tells the model which tools to use, and in which order. One is offered
 * where the plan and the device have the tools it cannot do without.
 */

interface PromptArgument {
  name: string;
  description: string;
  required: boolean;
}

export interface PromptDefinition {
  name: string;
  title: string;
  description: string;
  arguments: readonly PromptArgument[];
  /** The tools it cannot do without, by name. */
  tools: readonly string[];
  /** The user message; every required argument is there. It names no tool but `tools` and those that `has` knows. */
  text(args: Readonly<Record<string, string>>, has: (tool: string) => boolean): string;
}

const list = (required: boolean): PromptArgument => ({
  name: "list",
  description: "List: name, id or URL",
  required,
});

/** A value as a quoted word, so that it reads as a name and not as part of the request. */
const quoted = (value: string | undefined): string => JSON.stringify((value ?? "").slice(0, 500));

export const PROMPTS: readonly PromptDefinition[] = [
  {
    name: "tour_workspace",
    title: "Get to know a Workspace",
    description: "What is where: spaces, folders, lists, and what each is for.",
    arguments: [{ name: "workspace", description: "Workspace: name or id", required: false }],
    tools: ["clickup_workspace_hierarchy", "clickup_list_get"],
    text: ({ workspace }) =>
      [
        `Show me around my ClickUp${workspace === undefined ? "" : `, in the Workspace ${quoted(workspace)}`}.`,
        "1. clickup_workspace_hierarchy for spaces, folders and lists.",
        "2. clickup_list_get for the three lists that look most in use: their statuses.",
        "3. Say in a few lines what each space seems to be for, and where a new task of which kind belongs.",
        "End with three things I could ask you next. Change nothing.",
      ].join("\n"),
  },
  {
    name: "capture_tasks",
    title: "Turn notes into tasks",
    description: "From notes or a transcript to tasks in a list.",
    arguments: [list(true), { name: "notes", description: "The notes, or where they are", required: false }],
    tools: ["clickup_list_get", "clickup_task_create"],
    text: (args) =>
      [
        `Turn my notes into tasks of the ClickUp list ${quoted(args["list"])}.`,
        `Notes: ${args["notes"] === undefined ? "ask me for them" : quoted(args["notes"])}.`,
        "1. clickup_list_get for its statuses.",
        "2. Propose the tasks: a name that says what to do, due date and priority where the notes say so. Wait for my agreement.",
        "3. Then clickup_task_create for each, with an idempotency_key of its own. Answer with the links.",
      ].join("\n"),
  },
  {
    name: "daily_standup",
    title: "Daily standup",
    description: "What I did, what I do next, what blocks me.",
    arguments: [{ name: "since", description: "From when, e.g. yesterday, -3d", required: false }],
    tools: ["clickup_task_search", "clickup_task_get_dependencies"],
    text: ({ since }) =>
      [
        `Prepare my standup from ClickUp, since ${quoted(since ?? "yesterday")}.`,
        "1. clickup_task_search with assignees [me] and updated since then, include_closed true: what I finished or moved.",
        "2. clickup_task_search with assignees [me], open tasks by due date: what is next; mark what is overdue.",
        "3. For tasks that wait on others use clickup_task_get_dependencies: what blocks me.",
        "Answer in three short lists (Done, Next, Blocked) with task names and links. Change nothing.",
      ].join("\n"),
  },
  {
    name: "triage_inbox",
    title: "Triage an inbox list",
    description: "Sort the new tasks of a list: priority, assignee, home, duplicates.",
    arguments: [list(true)],
    tools: ["clickup_list_get", "clickup_task_search", "clickup_task_bulk_update", "clickup_task_bulk_move"],
    text: (args) =>
      [
        `Triage the open tasks of the ClickUp list ${quoted(args["list"])}.`,
        "1. clickup_list_get for its statuses, then clickup_task_search in that list for what is open and unassigned.",
        "2. For each task propose priority, assignee, due date and the list it belongs in; name likely duplicates.",
        "3. Show the proposal as a table and wait for my agreement.",
        "4. Only then use clickup_task_bulk_update and clickup_task_bulk_move, and report what was changed.",
      ].join("\n"),
  },
  {
    name: "plan_sprint",
    title: "Plan a sprint",
    description: "Choose what fits from a backlog into the next sprint.",
    arguments: [
      { name: "backlog", description: "Backlog list: name, id or URL", required: true },
      { name: "sprint", description: "Sprint list: name, id or URL", required: true },
      { name: "capacity", description: "e.g. 60h or 30 points", required: false },
    ],
    tools: ["clickup_task_search", "clickup_task_get_dependencies", "clickup_task_bulk_move"],
    text: (args) =>
      [
        `Plan the sprint ${quoted(args["sprint"])} from the backlog ${quoted(args["backlog"])}.`,
        `Capacity: ${quoted(args["capacity"] ?? "ask me")}.`,
        "1. clickup_task_search in the backlog for open tasks with estimate, points and priority; clickup_task_get_dependencies where order matters.",
        "2. Choose by priority within the capacity; nothing before what it waits on.",
        "3. Show the choice with the sum of estimates, and what was left out and why. Wait for my agreement.",
        "4. Then clickup_task_bulk_move to the sprint list.",
      ].join("\n"),
  },
  {
    name: "status_report",
    title: "Write a status report",
    description: "Progress, risks and next steps of a list for people outside.",
    arguments: [list(true), { name: "period", description: "e.g. this week", required: false }],
    tools: ["clickup_task_search", "clickup_task_calculate_timeline"],
    text: (args) =>
      [
        `Write a status report on the ClickUp list ${quoted(args["list"])} for ${quoted(args["period"] ?? "this week")}.`,
        "1. clickup_task_search in the list: done in the period (include_closed), in progress, overdue.",
        "2. clickup_task_calculate_timeline on the list for the critical path and the expected end.",
        "3. Half a page: summary, done, in progress, risks with owner, next steps. Facts from ClickUp only; link the tasks.",
        "Change nothing in ClickUp.",
      ].join("\n"),
  },
  {
    name: "break_down_task",
    title: "Break down a task",
    description: "Turn one task into subtasks that can be done.",
    arguments: [{ name: "task", description: "Task: id, URL or name", required: true }],
    tools: ["clickup_task_get", "clickup_task_create"],
    text: (args, has) =>
      [
        `Break the ClickUp task ${quoted(args["task"])} down.`,
        "1. clickup_task_get with include description, subtasks, comments and custom_fields.",
        "2. Propose three to eight subtasks: each one outcome, with an estimate, in order, naming what waits on what.",
        "3. Show them and wait for my agreement.",
        has("clickup_task_bulk_create_with_dependencies")
          ? "4. Then clickup_task_bulk_create_with_dependencies with the task as parent."
          : "4. Then clickup_task_create for each in that order, with the task as parent; what waits on what goes into the descriptions.",
      ].join("\n"),
  },
];

export function promptByName(name: string): PromptDefinition | undefined {
  return PROMPTS.find((prompt) => prompt.name === name);
}
