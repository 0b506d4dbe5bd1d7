/**
 * `npm run tools:size`: tokens a tool, then what things people ask for cost: calls to ClickUp and tokens of answers,
 * beside what ClickUp sent. Fails over budget, and when a larger workspace makes what need not read it dearer.
 */
import { TOOLS } from "../tools/catalog.ts";
import { grows, measureWorkspaceGrowth } from "./tool-growth.ts";
import { measureTasks, overBudget, type Measured } from "./tool-tasks.ts";
import { FREE_TOOLS, listSize, tokensOf } from "./tool-tokens.ts";

/** What a model reads of the lists, in tokens; what a client receives of the whole list, in bytes. */
export const BUDGET = { premium_tokens: 7_200, free_tokens: 900, answer_bytes: 100_000 };

for (const tool of [...TOOLS].sort((a, b) => tokensOf(b) - tokensOf(a))) {
  console.log(`${String(tokensOf(tool)).padStart(5)}  ${tool.name}`);
}
const premium = listSize(TOOLS);
const free = listSize(FREE_TOOLS);
console.log(
  `\npremium  ${premium.tokens} tokens of ${BUDGET.premium_tokens}, ${premium.answer_bytes} bytes of ${BUDGET.answer_bytes}`,
);
console.log(`free     ${free.tokens} tokens of ${BUDGET.free_tokens}, ${free.answer_bytes} bytes`);

const measured = await measureTasks();
const sum = (of: (m: Measured) => number): number => measured.reduce((total, m) => total + of(m), 0);
const cells = (calls: number, answer: number, raw: number): string => {
  const ratio = raw === 0 ? "-" : (answer / raw).toFixed(3);
  return `${String(calls).padStart(5)}  ${String(answer).padStart(13)}  ${String(raw).padStart(10)}  ${ratio.padStart(5)}`;
};
console.log("\ncalls  answer tokens  raw tokens  ratio  task");
for (const m of measured) console.log(`${cells(m.clickup_calls, m.answer_tokens, m.raw_tokens)}  ${m.what}`);
console.log(
  `${cells(
    sum((m) => m.clickup_calls),
    sum((m) => m.answer_tokens),
    sum((m) => m.raw_tokens),
  )}  all ${measured.length}`,
);

const { sizes, growth } = await measureWorkspaceGrowth();
console.log(`\ncalls and bytes of ClickUp's answers with ${sizes.join(", ")} tasks more in the workspace`);
for (const { what, costs } of growth) {
  console.log(`  ${what.padEnd(30)}${costs.map((c) => `${c.calls} / ${c.raw_bytes}`.padStart(12)).join("")}`);
}

const problems = [...overBudget(measured), ...grows(growth)];
if (premium.tokens > BUDGET.premium_tokens) problems.push("the premium list has too many tokens");
if (free.tokens > BUDGET.free_tokens) problems.push("the free list has too many tokens");
if (premium.answer_bytes > BUDGET.answer_bytes) problems.push("the premium list is too long");
if (problems.length > 0) {
  console.error(`\nover budget\n${problems.join("\n")}`);
  process.exit(1);
}
