/** Starts a project: in a new Space, or as a Folder of one that is there. */
import { notAppliedOf } from "../words/asked.ts";
import { createList, createSpace } from "../clickup/places-write.ts";
import type { ToolContext } from "../define.ts";
import { runEach } from "../call/each.ts";
import { UserInputError } from "../words/errors.ts";
import { invalidateHierarchy } from "../resolve/hierarchy.ts";
import { buildProject, findTemplate, planProject } from "./project-setup.ts";
import type { ProjectReport } from "./project-setup.ts";
import { withPlace } from "../resolve/place.ts";
import { resolveWorkspace } from "../resolve/workspace.ts";
import type { NotApplied } from "../shapes.ts";
import { askedFeatures, featureName, featuresBody } from "../places/space-features.ts";

export interface ProjectDates {
  start?: string | undefined;
  duration_days?: number | undefined;
}

export interface StartedProject extends ProjectReport {
  space: { id: string; name?: string };
  not_applied?: NotApplied[];
}

/** ClickApps a plan with dates and dependencies needs. */
const NEEDED = [
  "due_dates",
  "tags",
  "time_estimates",
  "checklists",
  "custom_fields",
  "remap_dependencies",
  "dependency_warning",
];

/** A Folder named after the template, with its Lists and tasks. Throws UserInputError before anything is made. */
export async function applyTemplate(
  ctx: ToolContext,
  given: { space: string; template: string; name?: string | undefined } & ProjectDates,
): Promise<StartedProject> {
  const template = findTemplate(given.template);
  const plan = planProject(ctx, template, given);
  return await withPlace(ctx, "space", given.space, "space", async ({ id, name, workspaceId }) => ({
    space: { id, ...(name === undefined ? {} : { name }) },
    ...(await buildProject(ctx, { id, workspaceId }, plan, { folderName: given.name ?? template.name })),
  }));
}

/**
 * A Space with the template's Folder, Lists and tasks; without a template, with one List. Throws only when
 * the Space was not made.
 */
export async function initializeProject(
  ctx: ToolContext,
  given: {
    name: string;
    workspace?: string | undefined;
    template?: string | undefined;
    features?: string[] | undefined;
  } & ProjectDates,
): Promise<StartedProject> {
  const template = given.template === undefined ? undefined : findTemplate(given.template);
  if (template === undefined && (given.start !== undefined || given.duration_days !== undefined)) {
    throw new UserInputError(
      "template: start and duration_days plan the tasks of a template; name one (clickup_project_get_templates).",
      { argument: "template" },
    );
  }
  const plan = template === undefined ? undefined : planProject(ctx, template, given);
  const workspace = resolveWorkspace(ctx, given.workspace);
  const asked = switchedOn((given.features ?? []).map((word) => featureName(word, "features")));
  const { features, ...body } = featuresBody(
    { multiple_assignees: true, ...switchedOn(NEEDED), ...asked },
    undefined,
  );
  const space = await createSpace(ctx.clickup, workspace.id, {
    name: given.name,
    ...body,
    features: { ...features, due_dates: { enabled: true, start_date: true, remap_due_dates: true } },
  });
  ctx.touch("space", space.id);
  invalidateHierarchy(ctx, workspace.id);
  const missing = notAppliedOf(askedFeatures(asked), space);
  const at = { id: space.id, workspaceId: workspace.id };
  const report =
    plan === undefined
      ? await oneList(ctx, at)
      : await buildProject(ctx, at, plan, {
          folderName: plan.template.name,
          before: 1,
          keepEmpty: true,
        });
  return {
    space: { id: space.id, name: space.name },
    ...report,
    ...(missing.length === 0 ? {} : { not_applied: missing }),
  };
}

function switchedOn(names: readonly string[]): Record<string, boolean> {
  return Object.fromEntries(names.map((name) => [name, true]));
}

const ONE_LIST = "Tasks";

async function oneList(ctx: ToolContext, space: { id: string; workspaceId: string }): Promise<ProjectReport> {
  const [made] = await runEach(ctx, [ONE_LIST], async (name) => {
    const list = await createList(ctx.clickup, { kind: "space", id: space.id }, { name });
    ctx.touch("list", list.id);
    return list.id;
  });
  invalidateHierarchy(ctx, space.workspaceId);
  const part =
    made?.status === "done"
      ? { id: made.value, status: "done" as const }
      : { status: made?.status ?? ("not_tried" as const), reason: made?.reason ?? "not reached" };
  return { lists: [{ name: ONE_LIST, ...part }], tasks: [], created: 0, dependencies: 0 };
}
