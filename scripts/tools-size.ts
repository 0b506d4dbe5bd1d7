/** `npm run tools:size`: tokens a tool, and bytes of answers against what ClickUp sent. Fails over budget. */
import { TOOLS } from "../tools/catalog.ts";
import { measureTasks } from "./tool-tasks.ts";
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
console.log("\ncalls  answer bytes   raw bytes  ratio  task");
for (const t of await measureTasks()) {
  const ratio = t.raw_bytes === 0 ? "    -" : (t.answer_bytes / t.raw_bytes).toFixed(3);
  console.log(
    `${String(t.clickup_calls).padStart(5)}  ${String(t.answer_bytes).padStart(12)}  ${String(t.raw_bytes).padStart(10)}  ${ratio}  ${t.what}`,
  );
}
const over =
  premium.tokens > BUDGET.premium_tokens ||
  free.tokens > BUDGET.free_tokens ||
  premium.answer_bytes > BUDGET.answer_bytes;
if (over) {
  console.error("\nover budget");
  process.exit(1);
}
