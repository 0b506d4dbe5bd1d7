/**
 * `npm run tools:size`: tokens of the tool list, what tasks cost in calls and tokens, and the same tasks in workspaces
 * of different sizes. Fails over budget, or where a cost grows with the workspace.
 */
import { TOOLS } from "../../../tools/catalog.ts";
import { LIST_BUDGET, listOverBudget, overBudget } from "./budgets.ts";
import { grewWith, measureGrowth, SIZES } from "./growth.ts";
import { measureTasks, ratio, toolsUsed, totalOf, type Measured } from "./measure.ts";
import { FREE_TOOLS, listSize, tokensOf } from "./tokens.ts";

for (const tool of [...TOOLS].sort((a, b) => tokensOf(b) - tokensOf(a))) {
  console.log(`${String(tokensOf(tool)).padStart(5)}  ${tool.name}`);
}
const premium = listSize(TOOLS);
const free = listSize(FREE_TOOLS);
console.log(
  `\npremium  ${premium.tokens} tokens of ${LIST_BUDGET.premium_tokens}, ${premium.answer_bytes} bytes of ${LIST_BUDGET.answer_bytes}`,
);
console.log(`free     ${free.tokens} tokens of ${LIST_BUDGET.free_tokens}, ${free.answer_bytes} bytes`);

const measured = await measureTasks();
console.log("\ntokens of o200k_base; ratio of the answers' text to ClickUp's raw JSON");
console.log("calls    text  structured     raw  ratio  task");
for (const one of [...measured, totalOf(measured)]) console.log(taskLine(one));
console.log(`${toolsUsed()} tools used`);

const growth = await measureGrowth();
console.log("\ncalls and bytes read, by tasks in the workspace");
console.log(`${SIZES.map((size) => String(size).padStart(15)).join("")}  task`);
for (const { what, costs, most_calls } of growth) {
  const cells = costs.map(({ cost }) => `${cost.clickup_calls} / ${cost.bytes_read}`.padStart(15)).join("");
  console.log(`${cells}  ${what}${most_calls === undefined ? "" : ` (at most ${most_calls} calls)`}`);
}

const broken = [
  ...listOverBudget({
    premium_tokens: premium.tokens,
    free_tokens: free.tokens,
    answer_bytes: premium.answer_bytes,
  }),
  ...overBudget(measured),
  ...grewWith(growth),
];
if (broken.length > 0) {
  console.error(`\nover budget:\n${broken.map((line) => `  ${line}`).join("\n")}`);
  process.exit(1);
}
console.log("\nall within budget");

function taskLine(one: Measured): string {
  const cells = [
    String(one.clickup_calls).padStart(5),
    String(one.text_tokens).padStart(6),
    String(one.structured_tokens).padStart(10),
    String(one.raw_tokens).padStart(6),
    ratio(one.text_tokens, one.raw_tokens).padStart(5),
    one.what,
  ];
  return cells.join("  ");
}
