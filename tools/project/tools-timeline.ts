import * as z from "zod";
import { defineTool } from "../define.ts";
import type { Tool } from "../define.ts";
import { Cursor, Flag, Text } from "../params.ts";
import { ganttOf, GanttOutput, groupsOf, GroupsOutput, timelineOf, TimelineOutput } from "./timeline.ts";

const OPERATIONS = ["GET /v2/list/{list_id}/task"] as const;

export const taskCalculateTimeline = defineTool({
  name: "clickup_task_calculate_timeline",
  tier: "premium",
  set: "projects",
  kind: "read",
  title: "Calculate timeline",
  description: "Critical path, earliest and latest days and floats of a list's open tasks.",
  input: z.object({
    list: Text,
    include_subtasks: Flag.optional(),
    start: Text.optional(),
    cursor: Cursor.optional(),
  }),
  output: TimelineOutput,
  operations: OPERATIONS,
  handler: async (params, ctx) => await timelineOf(ctx, params),
});

export const taskGenerateGanttData = defineTool({
  name: "clickup_task_generate_gantt_data",
  tier: "premium",
  set: "projects",
  kind: "read",
  title: "Gantt data",
  description: "Gantt rows of a list: days, progress, dependencies.",
  input: z.object({
    list: Text,
    include_subtasks: Flag.optional(),
    from: Text.optional(),
    cursor: Cursor.optional(),
  }),
  output: GanttOutput,
  operations: OPERATIONS,
  handler: async (params, ctx) => await ganttOf(ctx, params),
});

export const taskIdentifyParallelGroups = defineTool({
  name: "clickup_task_identify_parallel_groups",
  tier: "premium",
  set: "projects",
  kind: "read",
  title: "Parallel groups",
  description: "Open tasks of a list by what can be done at the same time.",
  input: z.object({ list: Text, cursor: Cursor.optional() }),
  output: GroupsOutput,
  operations: OPERATIONS,
  handler: async (params, ctx) => await groupsOf(ctx, params),
});

export const timelineTools: readonly Tool[] = [
  taskCalculateTimeline,
  taskGenerateGanttData,
  taskIdentifyParallelGroups,
];
