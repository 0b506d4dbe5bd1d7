/** The product's prompts, from the definitions in tools/prompts.ts. */
import { ProtocolError, type GetPromptResult, type Prompt } from "@modelcontextprotocol/server";
import { promptByName, PROMPTS } from "../../tools/prompts.ts";
import type { Prompts } from "../mcp/surface.ts";

const INVALID_PARAMS = -32602;

export const productPrompts: Prompts = {
  list(): Prompt[] {
    return PROMPTS.map(({ name, title, description, arguments: args }) => ({
      name,
      title,
      description,
      arguments: args.map((a) => ({ ...a })),
    }));
  },

  /** @throws ProtocolError -32602 that names a required argument that is missing */
  async get(name, args): Promise<GetPromptResult | undefined> {
    const prompt = promptByName(name);
    if (prompt === undefined) return undefined;
    const missing = prompt.arguments.filter((a) => a.required && (args[a.name] ?? "").trim() === "");
    if (missing.length > 0) {
      const names = missing.map((a) => `\`${a.name}\` (${a.description})`).join(", ");
      throw new ProtocolError(INVALID_PARAMS, `Prompt ${name} needs ${names}.`);
    }
    return {
      description: prompt.description,
      messages: [{ role: "user", content: { type: "text", text: prompt.text(args) } }],
    };
  },
};
