/** What a person could ask for first: shown where somebody is new, and where the plans are compared. */
import type { ToolSet } from "../../tools/define.ts";
import type { UsageView } from "../../objects/rpc/user.ts";

export interface Example {
  /** In the person's words, to paste into a client. */
  ask: string;
  /** The tools an assistant needs for it, by name. */
  tools: readonly string[];
}

/** The free plan's tools are enough for each of them. */
const FIRST: readonly Example[] = [
  {
    ask: "Show me my ClickUp: which spaces, folders and lists do I have?",
    tools: ["clickup_workspace_hierarchy"],
  },
  {
    ask: 'Create the task "Prepare the demo" in a ClickUp list of your choice, due next Friday, high priority.',
    tools: ["clickup_workspace_hierarchy", "clickup_task_create"],
  },
  {
    ask: "Read the ClickUp task I paste here, tell me in three lines what is left to do, and set it to in progress.",
    tools: ["clickup_task_get", "clickup_task_update"],
  },
];

/** One for each set of tools in which premium has more than the free plan. */
export const PREMIUM_EXAMPLES: Readonly<Record<ToolSet, Example>> = {
  tasks: { ask: "What is overdue in my ClickUp, and whose is it?", tools: ["clickup_task_search"] },
  comments: {
    ask: "Sum up the comments on this task and answer the open question.",
    tools: ["clickup_comment_list", "clickup_comment_create"],
  },
  docs: {
    ask: 'Write the minutes of today\'s call as a page in the doc "Meetings".',
    tools: ["clickup_document_list", "clickup_document_page_create"],
  },
  time: {
    ask: "Add 45 minutes for this morning to the task I worked on, and show me my week.",
    tools: ["clickup_time_entry_add", "clickup_time_entry_list"],
  },
  fields: {
    ask: 'Set the custom field "Budget" of this task to 1200.',
    tools: ["clickup_custom_field_set_by_name"],
  },
  spaces: {
    ask: 'Make a folder "Spring campaign" with the lists Ideas, Doing and Done.',
    tools: ["clickup_folder_create", "clickup_list_create_in_folder"],
  },
  projects: {
    ask: "When will this project be finished, and which tasks decide that?",
    tools: ["clickup_task_calculate_timeline"],
  },
};

/** Three examples that work on the plan. */
export function examplesFor(tier: UsageView["tier"]): readonly Example[] {
  const { tasks, comments, time } = PREMIUM_EXAMPLES;
  return tier === "premium" ? [tasks, comments, time] : FIRST;
}
