/** Calls that need not read tasks must not cost more in a larger workspace: what they ask of ClickUp, by its size. */
import { SANDBOX } from "../test/sandbox/clickup/index.ts";
import { openToolWorld, type ToolWorld } from "./tool-world.ts";

/** Tasks added to those of the seed. */
const SIZES = [0, 2_000, 20_000];

const STEPS: [what: string, tool: string, args: Record<string, unknown>][] = [
  ["See the whole workspace", "clickup_workspace_hierarchy", {}],
  ["Create a task by list name", "clickup_task_create", { list: "Onboarding", name: "Order badges" }],
  ["Read a task by its custom id", "clickup_task_get", { task: "DEV-42" }],
  ["Rename a task", "clickup_task_update", { task: SANDBOX.tasks.docs, name: "Document it" }],
  ["Set the status of a task", "clickup_task_update", { task: SANDBOX.tasks.export, status: "in review" }],
];

export interface Growth {
  what: string;
  /** By size of the workspace, in the order of `sizes`. */
  costs: { calls: number; raw_bytes: number }[];
}

/** @returns sizes in added tasks, and what each step costs at each */
export async function measureWorkspaceGrowth(): Promise<{ sizes: readonly number[]; growth: Growth[] }> {
  const growth = STEPS.map(([what]): Growth => ({ what, costs: [] }));
  for (const size of SIZES) {
    const world = openToolWorld();
    await addTasks(world, size);
    for (const [i, [, tool, args]] of STEPS.entries()) {
      world.sandbox.clearCalls();
      world.raw.length = 0;
      await world.call(tool, args);
      const raw_bytes = world.raw.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
      growth[i]?.costs.push({ calls: world.sandbox.calls.length, raw_bytes });
    }
  }
  return { sizes: SIZES, growth };
}

/** What costs more calls where the workspace is larger; a task's own number may take a digit more. */
export function grows(growth: readonly Growth[]): string[] {
  return growth.flatMap(({ what, costs }) => {
    const [first] = costs;
    const worse = costs.some(
      (cost) =>
        first !== undefined && (cost.calls > first.calls || cost.raw_bytes > first.raw_bytes * 1.02 + 100),
    );
    return worse ? [`${what}: ${costs.map((c) => `${c.calls} calls, ${c.raw_bytes} bytes`).join("; ")}`] : [];
  });
}

async function addTasks({ sandbox }: ToolWorld, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    const answer = await sandbox.fetch(
      new Request(`https://api.clickup.test/api/v2/list/${SANDBOX.lists.backlog}/task`, {
        method: "POST",
        headers: { Authorization: SANDBOX.tokens.alice, "Content-Type": "application/json" },
        body: JSON.stringify({ name: `Idea ${i + 1}` }),
      }),
    );
    if (!answer.ok) throw new Error(`the sandbox refused a task: ${answer.status}`);
  }
}
