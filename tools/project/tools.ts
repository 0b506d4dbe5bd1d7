import * as z from "zod";
import { defineTool } from "../define.ts";
import type { Tool } from "../define.ts";
import { once } from "../kept/idempotency.ts";
import { Amount, IdempotencyKey, Text, TextList } from "../params.ts";
import { describeTemplates, ProjectOutput, projectSummary } from "./project-setup.ts";
import { applyTemplate, initializeProject } from "./project-start.ts";
import { NotApplied, Ref } from "../shapes.ts";

const INITIALIZE = "clickup_project_initialize";
const APPLY = "clickup_project_apply_template";

const BUILD_OPERATIONS = [
  "POST /v2/space/{space_id}/folder",
  "POST /v2/folder/{folder_id}/list",
  "POST /v2/list/{list_id}/task",
  "POST /v2/task/{task_id}/dependency",
] as const;

const Started = z.object({
  space: Ref,
  ...ProjectOutput,
  not_applied: z.array(NotApplied).optional(),
  replayed: z.boolean().optional(),
});

export const projectInitialize = defineTool({
  name: INITIALIZE,
  bulk: true,
  tier: "premium",
  set: "projects",
  kind: "write",
  adds: true,
  title: "Initialize project",
  description: "Create a space for a project, filled from a template.",
  input: z.object({
    name: Text,
    workspace: Text.optional(),
    template: Text.optional(),
    start: Text.optional(),
    duration_days: Amount.describe("working days").optional(),
    features: TextList.describe("e.g. time_tracking").optional(),
    idempotency_key: IdempotencyKey.optional(),
  }),
  output: Started,
  operations: ["POST /v2/team/{team_id}/space", "POST /v2/space/{space_id}/list", ...BUILD_OPERATIONS],
  async handler({ idempotency_key, ...given }, ctx) {
    const { result, replayed } = await once(
      ctx,
      INITIALIZE,
      idempotency_key,
      async () => await initializeProject(ctx, given),
    );
    return {
      data: { ...result, ...(replayed ? { replayed: true } : {}) },
      summary: replayed
        ? `Space ${result.space.id} was already made with this idempotency_key.`
        : `Made space ${result.space.id}. ${projectSummary(result, "it")}`,
    };
  },
});

export const projectApplyTemplate = defineTool({
  name: APPLY,
  bulk: true,
  tier: "premium",
  set: "projects",
  kind: "write",
  adds: true,
  title: "Apply project template",
  description: "Add a template's folder, lists and tasks to a space; dated with start.",
  input: z.object({
    space: Text,
    template: Text,
    name: Text.describe("of the folder").optional(),
    start: Text.optional(),
    duration_days: Amount.optional(),
    idempotency_key: IdempotencyKey.optional(),
  }),
  output: Started,
  operations: BUILD_OPERATIONS,
  async handler({ idempotency_key, ...given }, ctx) {
    const { result, replayed } = await once(
      ctx,
      APPLY,
      idempotency_key,
      async () => await applyTemplate(ctx, given),
    );
    return {
      data: { ...result, ...(replayed ? { replayed: true } : {}) },
      summary: replayed
        ? "This template was already applied with this idempotency_key; nothing was made."
        : projectSummary(result, `a new folder of space ${result.space.id}`),
    };
  },
});

export const projectGetTemplates = defineTool({
  name: "clickup_project_get_templates",
  tier: "premium",
  set: "projects",
  kind: "read",
  title: "Project templates",
  description: "List the project templates.",
  input: z.object({}),
  output: z.object({
    templates: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        description: z.string(),
        working_days: z.number(),
        tasks: z.number(),
        lists: z.array(z.object({ name: z.string(), tasks: z.array(z.string()) })),
      }),
    ),
  }),
  // Templates are part of this server.
  operations: [],
  handler: () => {
    const templates = describeTemplates();
    return Promise.resolve({ data: { templates }, summary: `${templates.length} templates.` });
  },
});

export const projectTools: readonly Tool[] = [projectInitialize, projectApplyTemplate, projectGetTemplates];
