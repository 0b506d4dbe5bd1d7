/**
 * The list of all tools, in the order clients see them, and its prepared forms. JSON Schemas and the JSON of
 * whole lists are made once per isolate, never per request.
 */
import * as z from "zod";
import { attachmentTools } from "./attachments/tools.ts";
import { commentTools } from "./comments/tools.ts";
import { docPageTools } from "./docs/tools-pages.ts";
import { docTools } from "./docs/tools.ts";
import { fieldTools } from "./tasks/tools-fields.ts";
import { folderGet } from "./places/tools-folders.ts";
import { folderWriteTools } from "./places/tools-folders-write.ts";
import { listGet } from "./places/tools-lists.ts";
import { listWriteTools } from "./places/tools-lists-write.ts";
import { peopleTools } from "./people/tools.ts";
import { planTools } from "./project/tools-plans.ts";
import { schedulingTools } from "./project/tools-scheduling.ts";
import { timelineTools } from "./project/tools-timeline.ts";
import { projectTools } from "./project/tools.ts";
import { relationTools } from "./relations/tools.ts";
import { spaceGet, workspaceHierarchy } from "./places/tools-spaces.ts";
import { spaceWriteTools } from "./places/tools-spaces-write.ts";
import { tagTools } from "./tags/tools.ts";
import { taskBulkTools } from "./tasks/tools-bulk.ts";
import { taskCreate } from "./tasks/tools-create.ts";
import { taskDeleteTools } from "./tasks/tools-delete.ts";
import { taskGet } from "./tasks/tools-get.ts";
import { taskMoveTools } from "./tasks/tools-move.ts";
import { taskSearchTools } from "./tasks/tools-search.ts";
import { taskUpdate } from "./tasks/tools-update.ts";
import { timeTools } from "./time/tools.ts";
import type { Grant, Tool } from "./define.ts";
import { grantAllows } from "./call/grant.ts";
import { TOOL_ORDER } from "./order.ts";
import { tierAllows } from "./tiers.ts";
import type { Tier } from "./tiers.ts";

const made: readonly Tool[] = [
  workspaceHierarchy,
  taskCreate,
  taskGet,
  taskUpdate,
  ...taskMoveTools,
  ...taskDeleteTools,
  ...commentTools,
  ...attachmentTools,
  ...taskBulkTools,
  ...taskSearchTools,
  ...timeTools,
  ...listWriteTools,
  listGet,
  ...folderWriteTools,
  folderGet,
  ...tagTools,
  ...peopleTools,
  ...spaceWriteTools,
  spaceGet,
  ...relationTools,
  ...fieldTools,
  ...projectTools,
  ...schedulingTools,
  ...planTools,
  ...timelineTools,
  ...docTools,
  ...docPageTools,
];

/** Position of a tool; one that is not in the order would be a name nobody decided on. */
function place(tool: Tool): number {
  const at = TOOL_ORDER.indexOf(tool.name as (typeof TOOL_ORDER)[number]);
  if (at < 0) throw new Error(`${tool.name} has no place in tools/order.ts`);
  return at;
}

export const TOOLS: readonly Tool[] = [...made].sort((a, b) => place(a) - place(b));

const byName = new Map(TOOLS.map((tool) => [tool.name as string, tool]));

export function toolByName(name: string): Tool | undefined {
  return byName.get(name);
}

/** A tool as `tools/list` shows it. */
export interface McpTool {
  name: string;
  title: string;
  description: string;
  inputSchema: { type: "object"; [key: string]: unknown };
  outputSchema: { type: "object"; [key: string]: unknown };
  annotations: {
    title: string;
    readOnlyHint: boolean;
    destructiveHint: boolean;
    idempotentHint: boolean;
    openWorldHint: boolean;
  };
  _meta?: Record<string, unknown>;
}

/** Read by Claude Code: a tool with it stays in view where tools are looked up by search. */
const ALWAYS_LOAD = { "anthropic/alwaysLoad": true };

const described = new WeakMap<Tool, McpTool>();

/** Made once per tool. Every tool reaches ClickUp, which others change too: `openWorldHint` is always true. */
export function describeTool(tool: Tool): McpTool {
  const known = described.get(tool);
  if (known !== undefined) {
    return known;
  }
  const made: McpTool = {
    name: tool.name,
    title: tool.title,
    description: tool.description,
    inputSchema: objectSchema(tool.input, "input"),
    outputSchema: objectSchema(tool.output, "output"),
    annotations: {
      title: tool.title,
      readOnlyHint: tool.kind === "read",
      // MCP: false says that the tool can only add.
      destructiveHint: tool.kind !== "read" && tool.adds !== true,
      idempotentHint: tool.kind === "read" || tool.idempotent === true,
      openWorldHint: true,
    },
    ...(tool.core === true ? { _meta: ALWAYS_LOAD } : {}),
  };
  described.set(tool, made);
  return made;
}

/** The tools a tier and a grant allow, in catalog order. */
export function listTools(tier: Tier, grant: Pick<Grant, "access" | "toolSets">): Tool[] {
  return TOOLS.filter((tool) => tierAllows(tier, tool.tier) && grantAllows(grant, tool));
}

export interface PreparedToolList {
  tools: McpTool[];
  /** The JSON of `tools`: an array. */
  json: string;
}

const prepared = new Map<string, PreparedToolList>();

/** The list and its JSON for a tier and the shape of a grant (its Workspaces do not matter), made once. */
export function preparedToolList(
  tier: Tier,
  grant: Pick<Grant, "access" | "toolSets"> & Partial<Grant>,
): PreparedToolList {
  const key = JSON.stringify([
    tier,
    grant.access,
    grant.toolSets === null ? null : [...grant.toolSets].sort(),
  ]);
  const known = prepared.get(key);
  if (known !== undefined) {
    return known;
  }
  const tools = listTools(tier, grant).map(describeTool);
  const made = { tools, json: JSON.stringify(tools) };
  prepared.set(key, made);
  return made;
}

function objectSchema(schema: z.ZodObject, io: "input" | "output"): McpTool["inputSchema"] {
  const { $schema: _dialect, ...json } = z.toJSONSchema(schema, { io });
  return { ...(slim(json) as Record<string, unknown>), type: "object" };
}

/**
 * Leaves out what costs a model tokens and tells it nothing: closed or open `additionalProperties`,
 * `propertyNames`, and the bounds of safe integers. Unknown arguments are named by the call itself.
 */
function slim(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(slim);
  }
  if (typeof value !== "object" || value === null) {
    return value;
  }
  const kept = Object.entries(value).filter(
    ([key, one]) =>
      key !== "propertyNames" &&
      !(key === "additionalProperties" && (one === false || JSON.stringify(one) === "{}")) &&
      !((key === "minimum" || key === "maximum") && Math.abs(Number(one)) === Number.MAX_SAFE_INTEGER),
  );
  return Object.fromEntries(kept.map(([key, one]) => [key, slim(one)]));
}
