/** What a model reads, in tokens of o200k_base: texts, and the tool list (name, description and input schema). */
import { encode } from "gpt-tokenizer/encoding/o200k_base";
import { describeTool, TOOLS } from "../../../tools/catalog.ts";
import type { Tool } from "../../../tools/define.ts";

/** Tokens of any text. What looks like a special token in it is text too. */
export function textTokens(text: string): number {
  return encode(text, { disallowedSpecial: new Set() }).length;
}

/** Tokens a model reads of one tool. */
export function tokensOf(tool: Tool): number {
  const { name, description, inputSchema } = describeTool(tool);
  return textTokens(JSON.stringify({ name, description, inputSchema }));
}

export function listSize(tools: readonly Tool[]): { tokens: number; answer_bytes: number } {
  return {
    tokens: tools.reduce((sum, tool) => sum + tokensOf(tool), 0),
    answer_bytes: Buffer.byteLength(JSON.stringify({ tools: tools.map(describeTool) })),
  };
}

export const FREE_TOOLS: readonly Tool[] = TOOLS.filter((tool) => tool.tier === "free");
