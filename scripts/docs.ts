/** `npm run docs`: writes docs/tools.md from the catalog. A test fails when the file differs. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describeTool, TOOLS } from "../tools/catalog.ts";
import type { Tool } from "../tools/define.ts";
import { measureTasks } from "./tool-tasks.ts";
import { FREE_TOOLS, listSize, tokensOf } from "./tool-tokens.ts";

export const TOOLS_PAGE = join(import.meta.dirname, "..", "docs", "tools.md");

/** The page's text. */
export async function toolsPage(): Promise<string> {
  const premium = listSize(TOOLS);
  const free = listSize(FREE_TOOLS);
  const tasks = await measureTasks();
  const lines = [
    "# Tools",
    "",
    "Generated from the catalog by `npm run docs`.",
    "",
    `${TOOLS.length} tools: ${FREE_TOOLS.length} on the free tier, all on premium. Inputs with \`*\` are required. Tokens are what a model reads of a tool (name, description, input schema; o200k_base).`,
    "",
    "| list | tools | tokens | whole answer |",
    "|---|---|---|---|",
    `| free | ${FREE_TOOLS.length} | ${free.tokens} | ${kilobytes(free.answer_bytes)} |`,
    `| premium | ${TOOLS.length} | ${premium.tokens} | ${kilobytes(premium.answer_bytes)} |`,
    "",
    "| # | tool | tier | kind | what it does | inputs | ClickUp operations | tokens |",
    "|---|---|---|---|---|---|---|---|",
    ...TOOLS.map((tool, i) => row(tool, i + 1)),
    "",
    "## What things cost",
    "",
    "Calls to ClickUp, and tokens a model reads of the answers (o200k_base), measured on the sandbox's workspace; beside them the tokens of the JSON that ClickUp sent for the same, as a server would hand it on that only passes it through. `npm run tools:size` holds each to a budget.",
    "",
    "| task | calls to ClickUp | tokens of the answer | tokens of ClickUp's JSON |",
    "|---|---|---|---|",
    ...tasks.map((t) => `| ${t.what} | ${t.clickup_calls} | ${t.answer_tokens} | ${t.raw_tokens} |`),
    `| all ${tasks.length} | ${sum(tasks.map((t) => t.clickup_calls))} | ${sum(tasks.map((t) => t.answer_tokens))} | ${sum(tasks.map((t) => t.raw_tokens))} |`,
    "",
  ];
  return lines.join("\n");
}

function row(tool: Tool, number: number): string {
  const { inputSchema } = describeTool(tool);
  const required = (inputSchema["required"] ?? []) as string[];
  const properties = Object.keys(inputSchema["properties"] ?? {});
  const inputs = properties.map((p) => (required.includes(p) ? `${p}*` : p)).join(", ");
  const operations = tool.operations.join("; ");
  const cells = [
    number,
    `\`${tool.name}\``,
    tool.tier,
    tool.kind,
    tool.description,
    inputs || "none",
    operations || "none",
    tokensOf(tool),
  ];
  return `| ${cells.map((c) => String(c).replaceAll("|", "\\|")).join(" | ")} |`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, n) => total + n, 0);
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} KB`;
}

if (import.meta.main) {
  writeFileSync(TOOLS_PAGE, await toolsPage());
  console.log(`wrote ${TOOLS_PAGE}`);
}
