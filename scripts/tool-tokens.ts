/** What the tool list costs a model: name, description and input schema, in tokens of o200k_base. */
import { encode } from "gpt-tokenizer/encoding/o200k_base";
import { describeTool, TOOLS } from "../tools/catalog.ts";
import type { Tool } from "../tools/define.ts";

/** Tokens a model reads of one tool. */
export function tokensOf(tool: Tool): number {
  const { name, description, inputSchema } = describeTool(tool);
  return encode(JSON.stringify({ name, description, inputSchema })).length;
}

export function listSize(tools: readonly Tool[]): { tokens: number; answer_bytes: number } {
  return {
    tokens: tools.reduce((sum, tool) => sum + tokensOf(tool), 0),
    answer_bytes: Buffer.byteLength(JSON.stringify({ tools: tools.map(describeTool) })),
  };
}

export const FREE_TOOLS: readonly Tool[] = TOOLS.filter((tool) => tool.tier === "free");
