/** What each task costs: calls to ClickUp, tokens of our answers, and tokens of what ClickUp itself would have said. */
import { type Step, TOOL_TASKS, type ToolTask } from "./tasks.ts";
import { textTokens } from "./tokens.ts";
import { type Answer, openToolWorld, type ToolWorld } from "./world.ts";

/** Tokens are of o200k_base. */
export interface Measured {
  what: string;
  tool_calls: number;
  clickup_calls: number;
  /** Of the answers' `content`. */
  text_tokens: number;
  /** Of the answers' `structuredContent` as JSON. */
  structured_tokens: number;
  /** Of the JSON a server would have handed on that keeps nothing and passes ClickUp's answers through. */
  raw_tokens: number;
}

/** Deterministic: the sandbox's seed and clock are fixed. @throws Error when a call fails or asks unexpectedly */
export async function measureTasks(tasks: readonly ToolTask[] = TOOL_TASKS): Promise<Measured[]> {
  const measured: Measured[] = [];
  for (const task of tasks) {
    measured.push({
      what: task.what,
      tool_calls: task.calls.length,
      ...(await ours(task)),
      raw_tokens: await raw(task),
    });
  }
  return measured;
}

/** Sums over all tasks. */
export function totalOf(measured: readonly Measured[]): Measured {
  const sum = (key: Exclude<keyof Measured, "what">): number =>
    measured.reduce((total, one) => total + one[key], 0);
  return {
    what: `All ${measured.length} tasks`,
    tool_calls: sum("tool_calls"),
    clickup_calls: sum("clickup_calls"),
    text_tokens: sum("text_tokens"),
    structured_tokens: sum("structured_tokens"),
    raw_tokens: sum("raw_tokens"),
  };
}

/** How many of the tools the tasks use. */
export function toolsUsed(tasks: readonly ToolTask[] = TOOL_TASKS): number {
  return new Set(tasks.flatMap((task) => task.calls.map(([tool]) => tool))).size;
}

async function ours(
  task: ToolTask,
): Promise<Pick<Measured, "clickup_calls" | "text_tokens" | "structured_tokens">> {
  const world = openToolWorld({ agrees: true });
  await run(world, task.warm ?? []);
  world.sandbox.clearCalls();
  let text_tokens = 0;
  let structured_tokens = 0;
  for (const [tool, args] of task.calls) {
    const { result } = await world.call(tool, args);
    text_tokens += textTokens(withOneFence(result.content.map((block) => block.text).join("\n")));
    structured_tokens += textTokens(JSON.stringify(result.structuredContent ?? {}));
  }
  if (world.questions.length !== (task.asked ?? 0)) {
    throw new Error(`${task.what}: the person was asked ${world.questions.length} times`);
  }
  return { clickup_calls: world.sandbox.calls.length, text_tokens, structured_tokens };
}

/** The id of the fence is random; this one has as many tokens as they have on average. */
const FENCE_ID = "c41e70b9d253";

/** The text with the same fence on every run. @throws Error when it has none: the figure would differ every time */
function withOneFence(text: string): string {
  const id = /<<<clickup ([0-9a-f]{12}):/.exec(text)?.[1];
  if (id === undefined) throw new Error("an answer without a fence");
  return text.replaceAll(id, FENCE_ID);
}

async function raw(task: ToolTask): Promise<number> {
  const world = openToolWorld({ agrees: true, forgetful: true });
  await run(world, task.warm ?? []);
  let tokens = 0;
  for (const step of task.calls) {
    const before = world.answers.length;
    await run(world, [step]);
    tokens += handedOn(world.answers.slice(before)).reduce((sum, { text }) => sum + textTokens(text), 0);
  }
  return tokens;
}

async function run(world: ToolWorld, steps: readonly Step[]): Promise<void> {
  for (const [tool, args] of steps) await world.call(tool, args);
}

/**
 * Of the answers to one call those a server would have to hand on: of a change the answers to its writes alone, since
 * what is looked up besides serves our own checks; of a look each address once.
 */
export function handedOn(answers: readonly Answer[]): Answer[] {
  const writes = answers.filter(({ method }) => method !== "GET");
  if (writes.length > 0) return writes;
  return [...new Map(answers.map((answer) => [answer.url, answer])).values()];
}

/** Of our tokens to ClickUp's, with three places below ten; "-" where ClickUp has nothing to say. */
export function ratio(our_tokens: number, raw_tokens: number): string {
  if (raw_tokens === 0) return "-";
  const of = our_tokens / raw_tokens;
  return of.toFixed(of < 10 ? 3 : 0);
}
