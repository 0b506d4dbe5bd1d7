/** Builds a project from a template: a Folder, its Lists, and their tasks with dates and dependencies. */
import * as z from "zod";
import { createFolder, createList } from "../clickup/places-write.ts";
import type { ToolContext } from "../define.ts";
import { runEach } from "../call/each.ts";
import type { EachResult } from "../call/each.ts";
import { UserInputError } from "../words/errors.ts";
import { invalidateHierarchy } from "../resolve/hierarchy.ts";
import { closest, sameName, shown } from "../words/names.ts";
import { scheduleOf } from "./critical-path.ts";
import { tasksOf, TEMPLATES } from "./templates.ts";
import type { ProjectTemplate, TemplateTask } from "./templates.ts";
import { dayOfIndex, formatDay, indexOf } from "./working-days.ts";
import type { Place } from "../resolve/place.ts";
import {
  batchSummary,
  BatchOutput,
  counted,
  createBatch,
  prepareBatch,
  refuseEmpty,
} from "../tasks/task-batch.ts";
import type { BatchItem, BatchReport } from "../tasks/task-batch.ts";
import type { NewTaskArguments } from "../tasks/task-create.ts";
import { checkDays, DaySpan, dayOf } from "./task-schedule.ts";

const PlacePart = z.object({
  id: z.string().optional(),
  name: z.string(),
  status: z.enum(["done", "failed", "not_tried"]),
  reason: z.string().optional(),
});
type PlacePart = z.infer<typeof PlacePart>;

/** Output of the tools that build a project. */
export const ProjectOutput = {
  template: z.string().optional(),
  folder: PlacePart.optional(),
  lists: z.array(PlacePart),
  ...BatchOutput,
  schedule: DaySpan.optional(),
};

export interface ProjectReport extends BatchReport {
  template?: string;
  folder?: PlacePart;
  lists: PlacePart[];
  schedule?: DaySpan;
}

/** A template with the days of its tasks, ready to be built. */
export interface ProjectPlan {
  template: ProjectTemplate;
  /** By task key; absent when the plan has no dates. */
  days: Map<string, { start: string; due: string }>;
  schedule?: DaySpan;
}

/** The template an argument names by id or name. Throws UserInputError with the nearest ones. */
export function findTemplate(name: string): ProjectTemplate {
  const wanted = sameName(name).replaceAll(/[ -]/g, "_");
  const found = TEMPLATES.find((one) => one.id === wanted || sameName(one.name) === sameName(name));
  if (found === undefined) {
    const near = closest(name, TEMPLATES, (one) => one.name).map((one) => one.id);
    const hint = near.length === 0 ? "" : ` Nearest: ${near.join(", ")}.`;
    const known = TEMPLATES.map((one) => one.id).join(", ");
    throw new UserInputError(`template: no template "${shown(name)}".${hint} Known: ${known}.`, {
      argument: "template",
    });
  }
  return found;
}

/** Every template, as the tool that lists them shows it. */
export function describeTemplates() {
  return TEMPLATES.map((template) => ({
    id: template.id,
    name: template.name,
    description: template.description,
    working_days: naturalLength(template),
    tasks: tasksOf(template).length,
    lists: template.lists.map((list) => ({
      name: list.name,
      tasks: list.tasks.map((task) => (task.days === 0 ? `${task.name} (milestone)` : task.name)),
    })),
  }));
}

function naturalLength(template: ProjectTemplate): number {
  return scheduleOf(activitiesOf(template)).finish;
}

function activitiesOf(template: ProjectTemplate) {
  return tasksOf(template).map(({ task }) => ({
    key: task.key,
    duration: task.days,
    after: task.after ?? [],
  }));
}

/**
 * Dates for a template from `start` on, stretched or shrunk to `duration_days` working days; without both no
 * dates, with a length alone from today on. Throws UserInputError.
 */
export function planProject(
  ctx: ToolContext,
  template: ProjectTemplate,
  given: { start?: string | undefined; duration_days?: number | undefined },
): ProjectPlan {
  const plan: ProjectPlan = { template, days: new Map() };
  if (given.start === undefined && given.duration_days === undefined) {
    return plan;
  }
  const asked = dayOf(ctx, given.start ?? "today", "start").day;
  const first = indexOf(asked);
  const { activities, finish } = scheduleOf(activitiesOf(template));
  const length = given.duration_days === undefined ? finish : checkDays(given.duration_days);
  // Both ends are rounded the same way, so what followed something still follows it.
  const at = (time: number) => first + Math.round((time * length) / finish);
  for (const { key, duration, earliest_start, earliest_finish } of activities) {
    const last = Math.max(first, at(earliest_finish) - 1);
    const begin = duration === 0 ? last : Math.min(at(earliest_start), last);
    plan.days.set(key, { start: formatDay(dayOfIndex(begin)), due: formatDay(dayOfIndex(last)) });
  }
  plan.schedule = {
    start: formatDay(dayOfIndex(first)),
    due: formatDay(dayOfIndex(first + length - 1)),
    working_days: length,
    ...(dayOfIndex(first) === asked ? {} : { moved: "it was on a weekend" }),
  };
  return plan;
}

/**
 * Makes the Folder, its Lists and tasks in a Space. Throws only when the Folder was refused and `keepEmpty`
 * is not set; from then on everything is reported.
 */
export async function buildProject(
  ctx: ToolContext,
  space: { id: string; workspaceId?: string | undefined },
  plan: ProjectPlan,
  options: { folderName: string; before?: number; keepEmpty?: boolean },
): Promise<ProjectReport> {
  const { template } = plan;
  const before = options.before ?? 0;
  const edges = tasksOf(template).reduce((sum, { task }) => sum + (task.after?.length ?? 0), 0);
  const total = before + 1 + template.lists.length + tasksOf(template).length + edges;
  try {
    const [folder] = await runEach(counted(ctx, before, total), [options.folderName], async (name) => {
      const made = await createFolder(ctx.clickup, space.id, { name });
      ctx.touch("folder", made.id);
      return made;
    });
    if (options.keepEmpty !== true && folder !== undefined) {
      refuseEmpty(ctx, [folder]);
    }
    const folderId = folder?.status === "done" ? folder.value.id : undefined;
    const lists = await createLists(counted(ctx, before + 1, total), folderId, template, space.workspaceId);
    const items = batchItems(plan, lists);
    const prepared = await prepareBatch(ctx, items);
    const report = await createBatch(ctx, items, prepared, {
      before: before + 1 + template.lists.length,
      keepEmpty: true,
    });
    return {
      template: template.id,
      folder: partOf(options.folderName, folder),
      lists: template.lists.map(({ name }, index) => partOf(name, lists[index])),
      ...report,
      ...(plan.schedule === undefined ? {} : { schedule: plan.schedule }),
    };
  } finally {
    invalidateHierarchy(ctx, space.workspaceId);
  }
}

/** One after the other: Lists stand in the order they were made. */
async function createLists(
  ctx: ToolContext,
  folderId: string | undefined,
  template: ProjectTemplate,
  workspaceId: string | undefined,
): Promise<EachResult<Place>[]> {
  if (folderId === undefined) {
    return template.lists.map(() => ({ status: "not_tried", reason: "its folder was not created" }));
  }
  return await runEach(
    ctx,
    template.lists,
    async ({ name, content }) => {
      const made = await createList(
        ctx.clickup,
        { kind: "folder", id: folderId },
        { name, ...(content === undefined ? {} : { markdown_content: content }) },
      );
      ctx.touch("list", made.id);
      return {
        kind: "list" as const,
        id: made.id,
        name: made.name,
        ...(workspaceId === undefined ? {} : { workspaceId }),
      };
    },
    { concurrency: 1 },
  );
}

function batchItems(plan: ProjectPlan, lists: readonly EachResult<Place>[]): BatchItem[] {
  return plan.template.lists.flatMap((list, index) => {
    const made = lists[index];
    return list.tasks.map((task): BatchItem => ({
      key: task.key,
      list: made?.status === "done" ? made.value : undefined,
      waiting_on: task.after ?? [],
      given: taskGiven(task, plan.days.get(task.key)),
    }));
  });
}

function taskGiven(task: TemplateTask, days: { start: string; due: string } | undefined): NewTaskArguments {
  const milestone = task.days === 0;
  return {
    name: task.name,
    markdown: task.markdown,
    priority: task.priority,
    custom_type: milestone ? "milestone" : undefined,
    due: days?.due,
    start: milestone ? undefined : days?.start,
  };
}

function partOf(name: string, result: EachResult<{ id: string }> | undefined): PlacePart {
  if (result?.status === "done") {
    return { id: result.value.id, name, status: "done" };
  }
  const { status = "not_tried" as const, reason = "not reached" } = result ?? {};
  return { name, status, reason };
}

/** One or two sentences on what was built. */
export function projectSummary(report: ProjectReport, place: string): string {
  const made = report.lists.filter((one) => one.status === "done").length;
  const lists = `Made ${made} of ${report.lists.length} lists in ${place}.`;
  return report.tasks.length === 0 ? lists : `${lists} ${batchSummary(report, "them")}`;
}
