/** What the official conformance suite expects of a server, as a surface for the product's lanes. */
import type {
  CallToolResult,
  CompleteRequestParams,
  CompleteResult,
  InputRequiredResult,
  JSONObject,
} from "@modelcontextprotocol/server";
import type { CallDescription, PreparedTools, Scope, Surface } from "../../../../objects/mcp/surface.ts";
import { CONTENT_TOOLS } from "./content-tools.ts";
import { fixtureTool, text, type FixtureTool } from "./fixture.ts";
import { INPUT_TOOLS } from "./input-tools.ts";
import { MIDWAY_TOOLS } from "./midway-tools.ts";
import { FIXTURE_PROMPTS } from "./prompts.ts";
import { RESOURCES } from "./resources.ts";
import { STATE_VERIFIER } from "./state.ts";
import { TASK_TOOLS } from "./task-tools.ts";

/** Tells every client that listens. */
export type Notify = (message: { method: string; params?: Record<string, unknown> }) => Promise<void>;

const WORDS = ["paris", "park", "party"];

export class FixtureSurface implements Surface {
  readonly info = { name: "conformance-fixtures", version: "1.0.0" };
  readonly instructions = "Serves the official conformance suite.";
  readonly capabilities = {
    tools: { listChanged: true },
    resources: { subscribe: true, listChanged: true },
    prompts: { listChanged: true },
    completions: {},
    logging: {},
    extensions: { "io.modelcontextprotocol/tasks": {} },
  };
  readonly listTtl_ms = 1_000;
  readonly resources = RESOURCES;
  readonly prompts = FIXTURE_PROMPTS;
  readonly requestState = STATE_VERIFIER;
  readonly #tools: Map<string, FixtureTool>;
  readonly #prepared: PreparedTools;

  constructor(notify: Notify) {
    const all = [...CONTENT_TOOLS, ...MIDWAY_TOOLS, ...INPUT_TOOLS, ...TASK_TOOLS, ...changeTools(notify)];
    this.#tools = new Map(all.map((tool) => [tool.definition.name, tool]));
    const tools = all.map((tool) => tool.definition);
    this.#prepared = { tools, json: JSON.stringify(tools) };
  }

  tools(): PreparedTools {
    return this.#prepared;
  }

  async callTool(
    name: string,
    args: JSONObject,
    scope: Scope,
  ): Promise<CallToolResult | InputRequiredResult | undefined> {
    return this.#tools.get(name)?.call(args, scope);
  }

  taskMode(name: string, args: JSONObject, scope: Scope): "never" | "may" | "must" {
    return this.#tools.get(name)?.task?.(args, scope) ?? "never";
  }

  describeCall(method: string, params: unknown): CallDescription {
    const { name } = (params ?? {}) as { name?: unknown };
    const tool = method === "tools/call" && typeof name === "string" && this.#tools.has(name) ? name : null;
    return { tool, fields: [], ids: {}, counted: true, writes: false };
  }

  async complete({ argument }: CompleteRequestParams): Promise<CompleteResult["completion"]> {
    const values = WORDS.filter((word) => word.startsWith(argument.value));
    return { values, total: values.length, hasMore: false };
  }
}

/** Tools that say a list has changed (it has not: clients only need to be told). */
function changeTools(notify: Notify): FixtureTool[] {
  return (["tools", "prompts"] as const).map((list) =>
    fixtureTool(
      `test_trigger_${list.slice(0, -1)}_change`,
      `Says that the ${list} have changed.`,
      async () => {
        await notify({ method: `notifications/${list}/list_changed` });
        return text("told");
      },
    ),
  );
}
