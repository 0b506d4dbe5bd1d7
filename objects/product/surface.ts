/** The product as an MCP surface: the tools of the catalog, run with a context made of this user's stores. */
import type {
  CallToolResult,
  CompleteRequestParams,
  CompleteResult,
  InputRequiredResult,
  JSONObject,
} from "@modelcontextprotocol/server";
import { callTool } from "../../tools/call/call.ts";
import { preparedToolList, toolByName } from "../../tools/catalog.ts";
import type { Tool } from "../../tools/define.ts";
import { grantAllows } from "../../tools/call/grant.ts";
import { redactArguments } from "../../tools/call/redact.ts";
import { tierAllows, type Tier } from "../../tools/tiers.ts";
import { completions } from "../../tools/resources.ts";
import type { CallDescription, PreparedTools, Resources, Scope, Surface } from "../mcp/surface.ts";
import { TASKS_EXTENSION } from "../mcp/long-calls.ts";
import { SKILLS_EXTENSION } from "../mcp/skill-methods.ts";
import { INSTRUCTIONS } from "./instructions.ts";
import type { Paywall } from "./paywall.ts";
import { productPrompts } from "./prompts.ts";
import { productSkills } from "./skills.ts";
import { withContext, type ContextFactory } from "./tool-context.ts";
import { ask } from "./questions.ts";
import type { RequestStates } from "../secrets/request-state.ts";
import { VERSION } from "./version.ts";

/** Clients of 2026-07-28 may keep a list this long; a change of tier is seen after it at the latest. */
const LIST_TTL_MS = 60_000;

export class ProductSurface implements Surface {
  readonly info = { name: "clickup-mcp", title: "ClickUp", version: VERSION };
  readonly instructions = INSTRUCTIONS;
  readonly capabilities = {
    tools: { listChanged: true },
    resources: { subscribe: true, listChanged: true },
    prompts: { listChanged: true },
    completions: {},
    logging: {},
    extensions: { [TASKS_EXTENSION]: {}, [SKILLS_EXTENSION]: {} },
  };
  readonly listTtl_ms = LIST_TTL_MS;
  readonly resources: Resources;
  readonly prompts = productPrompts;
  readonly skills = productSkills;
  readonly requestState: RequestStates;
  readonly #context: ContextFactory;
  readonly #changed: (targets: ReadonlySet<string>) => void;
  readonly #paywall: Paywall;

  /** @param parts.changed told which objects a writing tool touched, as "kind:id" */
  constructor(parts: {
    context: ContextFactory;
    resources: Resources;
    states: RequestStates;
    changed: (targets: ReadonlySet<string>) => void;
    paywall: Paywall;
  }) {
    this.#context = parts.context;
    this.resources = parts.resources;
    this.requestState = parts.states;
    this.#changed = parts.changed;
    this.#paywall = parts.paywall;
  }

  tools({ tier, grant }: Pick<Scope, "tier" | "grant">): PreparedTools {
    return preparedToolList(tier, grant);
  }

  async callTool(
    name: string,
    args: JSONObject,
    scope: Scope,
  ): Promise<CallToolResult | InputRequiredResult | undefined> {
    const tool = toolByName(name);
    if (tool === undefined) return undefined;
    if (!tierAllows(scope.tier, tool.tier)) return this.#paywall.refuse(tool, scope);
    if (!tellsProgress(tool)) scope.progress = () => undefined;
    const made = await this.#context(scope);
    if (!made.ok) {
      scope.record.outcome = "upstream_error";
      return { content: [{ type: "text", text: made.message }], isError: true };
    }
    const call = await callTool(tool, args, made.context);
    scope.record.outcome = call.outcome;
    scope.record.upstream_calls = made.context.clickup.calls;
    if (call.incident !== undefined) scope.record.incident = call.incident;
    if (tool.kind !== "read" && call.outcome === "ok") this.#changed(scope.record.targets);
    if (call.question !== undefined) return ask(call.question, scope, this.requestState);
    return call.result as CallToolResult;
  }

  /** A tool of another plan may ask the client to show the way to it. */
  direct(name: string, tier: Tier): boolean {
    const tool = toolByName(name);
    return tool !== undefined && tool.kind === "read" && !tellsProgress(tool) && tierAllows(tier, tool.tier);
  }

  /** Tools that make many changes may run as tasks where the client knows them. */
  taskMode(name: string, _args: JSONObject, { tier }: Scope): "never" | "may" {
    const tool = toolByName(name);
    return tool?.bulk === true && tierAllows(tier, tool.tier) ? "may" : "never";
  }

  async complete(params: CompleteRequestParams, scope: Scope): Promise<CompleteResult["completion"]> {
    const { name, value } = params.argument;
    // Names of places are what the hierarchy is: a device that may not read it gets none to choose from.
    const hierarchy = toolByName("clickup_workspace_hierarchy");
    if (hierarchy === undefined || !grantAllows(scope.grant, hierarchy)) return { values: [] };
    const known = name === "backlog" || name === "sprint" ? "list" : name;
    const found = await withContext(this.#context, scope, (ctx) => completions(known, value, ctx));
    return found ?? { values: [] };
  }

  describeCall(method: string, params: unknown, tier: Tier): CallDescription {
    if (method !== "tools/call") return { tool: null, fields: [], ids: {}, counted: true, writes: false };
    const { name, arguments: args } = (params ?? {}) as { name?: unknown; arguments?: unknown };
    const tool = typeof name === "string" ? toolByName(name) : undefined;
    const redacted = redactArguments(args);
    return {
      // Only names of ours enter the journal: anything else could be content.
      tool: tool?.name ?? null,
      ...redacted,
      counted: tool === undefined || tierAllows(tier, tool.tier),
      writes: tool !== undefined && tool.kind !== "read",
    };
  }
}

function tellsProgress({ kind, progress = false }: Pick<Tool, "kind" | "progress">): boolean {
  return kind !== "read" || progress;
}
