/**
 * `npm run docs`: writes docs/tools.md from the catalog, docs/economy.md, and the drawings in
 * docs/architecture.md. A test fails when a file differs.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describeTool, TOOLS } from "../tools/catalog.ts";
import type { Tool } from "../tools/define.ts";
import { ECONOMY_PAGE, economyPage } from "./docs-economy.ts";
import { ROOMS_PAGE, roomsPage } from "./docs-rooms.ts";
import { FREE_TOOLS, listSize, tokensOf } from "../test/lab/tools/tokens.ts";

export const TOOLS_PAGE = join(import.meta.dirname, "..", "docs", "tools.md");

/** The page's text. */
export function toolsPage(): string {
  const premium = listSize(TOOLS);
  const free = listSize(FREE_TOOLS);
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
    "What things people ask for cost, in calls to ClickUp and tokens: [economy.md](economy.md).",
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

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} KB`;
}

if (import.meta.main) {
  writeFileSync(TOOLS_PAGE, toolsPage());
  writeFileSync(ECONOMY_PAGE, await economyPage());
  writeFileSync(ROOMS_PAGE, roomsPage());
  console.log([TOOLS_PAGE, ECONOMY_PAGE, ROOMS_PAGE].map((page) => `wrote ${page}`).join("\n"));
}
