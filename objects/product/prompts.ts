/** The product's prompts, from the definitions in tools/prompts.ts. */
import { ProtocolError, type GetPromptResult, type Prompt } from "@modelcontextprotocol/server";
import { listTools, toolByName } from "../../tools/catalog.ts";
import { promptByName, PROMPTS } from "../../tools/prompts.ts";
import { tierAllows } from "../../tools/tiers.ts";
import type { Prompts, Scope } from "../mcp/surface.ts";

const INVALID_PARAMS = -32602;

export const productPrompts: Prompts = {
  /** Those whose tools the plan and the device have. */
  list(scope): Prompt[] {
    const there = toolsOf(scope);
    return PROMPTS.filter(({ tools }) => tools.every((name) => there.has(name))).map(
      ({ name, title, description, arguments: args }) => ({
        name,
        title,
        description,
        arguments: args.map((a) => ({ ...a })),
      }),
    );
  },

  /** @throws ProtocolError -32602 that names a required argument that is missing, or tools that are not there */
  async get(name, args, scope): Promise<GetPromptResult | undefined> {
    const prompt = promptByName(name);
    if (prompt === undefined) return undefined;
    const there = toolsOf(scope);
    const lacking = prompt.tools.filter((tool) => !there.has(tool));
    if (lacking.length > 0) {
      const why = lacking.every((tool) => !inPlan(tool, scope)) ? "the free plan" : "this client";
      throw new ProtocolError(
        INVALID_PARAMS,
        `Prompt ${name} needs ${lacking.join(", ")}, which ${why} does not have.`,
      );
    }
    const missing = prompt.arguments.filter((a) => a.required && (args[a.name] ?? "").trim() === "");
    if (missing.length > 0) {
      const names = missing.map((a) => `\`${a.name}\` (${a.description})`).join(", ");
      throw new ProtocolError(INVALID_PARAMS, `Prompt ${name} needs ${names}.`);
    }
    return {
      description: prompt.description,
      messages: [
        { role: "user", content: { type: "text", text: prompt.text(args, (tool) => there.has(tool)) } },
      ],
    };
  },
};

function inPlan(name: string, { tier }: Pick<Scope, "tier">): boolean {
  const tool = toolByName(name);
  return tool !== undefined && tierAllows(tier, tool.tier);
}

/** Names of the tools that plan and device have. */
function toolsOf({ tier, grant }: Pick<Scope, "tier" | "grant">): ReadonlySet<string> {
  return new Set(listTools(tier, grant).map(({ name }) => name));
}
