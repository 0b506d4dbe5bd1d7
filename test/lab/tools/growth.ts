/** The same tasks in workspaces of different sizes: a call that need not read tasks costs the same in all of them. */
import { addTasks, SANDBOX, SEED_NOW_MS, type ClickUpSandbox } from "../../sandbox/clickup/index.ts";
import type { Step } from "./tasks.ts";
import { measuredSandbox, openToolWorld } from "./world.ts";

/** Tasks in the workspace. */
export const SIZES = [10, 2_000, 20_000] as const;

interface GrowthTask {
  what: string;
  /** Calls before the measured one. */
  warm?: readonly Step[];
  call: Step;
  /** Set where tasks have to be read: at most so many calls, whatever the size. Without it all sizes are to be equal. */
  most_calls?: number;
}

/** Custom id of a task that is there in every size. */
const TARGET = "DEV-1";
const create = (name: string): Step => ["clickup_task_create", { list: "Onboarding", name }];

function growthTasks(targetId: string): GrowthTask[] {
  return [
    { what: "Create a task by list name, cold", call: create("Order badges") },
    {
      what: "Create a task by list name, warm",
      warm: [["clickup_workspace_hierarchy", {}]],
      call: create("Order badges"),
    },
    { what: "Read a task by its custom id", call: ["clickup_task_get", { task: TARGET }] },
    { what: "Rename a task", call: ["clickup_task_update", { task: targetId, name: "Renamed" }] },
    {
      what: "Set the status of a task",
      call: ["clickup_task_update", { task: targetId, status: "in progress" }],
    },
    {
      what: "Rename a task known by name alone",
      warm: [create("Order keys")],
      // The five pages of tasks changed last, then the change.
      call: ["clickup_task_update", { task: "Order keys", name: "Order cards" }],
      most_calls: 6,
    },
  ];
}

export interface Cost {
  clickup_calls: number;
  /** Of ClickUp's answers. */
  bytes_read: number;
}

export interface Growth {
  what: string;
  /** By size, smallest first. */
  costs: { tasks: number; cost: Cost }[];
  most_calls?: number;
}

/** Deterministic: the tasks come in the same order in every size, each with nothing kept but what its warm calls leave. */
export async function measureGrowth(sizes: readonly number[] = SIZES): Promise<Growth[]> {
  const grown: Growth[] = [];
  for (const tasks of sizes) {
    const { sandbox, targetId } = workspaceOf(tasks);
    for (const [index, { what, warm, call, most_calls }] of growthTasks(targetId).entries()) {
      const row = (grown[index] ??= { what, costs: [], ...(most_calls === undefined ? {} : { most_calls }) });
      row.costs.push({ tasks, cost: await costOf(sandbox, warm ?? [], call) });
    }
  }
  return grown;
}

/** A sentence for each task that costs more where the workspace is larger, or more than it may. */
export function grewWith(growth: readonly Growth[]): string[] {
  return growth.flatMap(({ what, costs, most_calls }) => {
    const said = costs
      .map(({ tasks, cost }) => `${cost.clickup_calls} calls and ${cost.bytes_read} bytes at ${tasks} tasks`)
      .join(", ");
    const [first] = costs;
    const within =
      most_calls === undefined
        ? costs.every(
            ({ cost }) =>
              cost.clickup_calls === first?.cost.clickup_calls && cost.bytes_read === first.cost.bytes_read,
          )
        : costs.every(({ cost }) => cost.clickup_calls <= most_calls);
    return within ? [] : [`${what}: ${said}`];
  });
}

function workspaceOf(tasks: number): { sandbox: ClickUpSandbox; targetId: string } {
  const sandbox = measuredSandbox("people");
  addTasks(sandbox.state, tasks, SEED_NOW_MS);
  const target = sandbox.state.taskByCustomId(SANDBOX.workspaces.northwind, TARGET);
  if (target === undefined) throw new Error(`no task ${TARGET}`);
  return { sandbox, targetId: target.id };
}

async function costOf(sandbox: ClickUpSandbox, warm: readonly Step[], [tool, args]: Step): Promise<Cost> {
  const world = openToolWorld({ sandbox });
  for (const [name, given] of warm) await world.call(name, given);
  const before = world.answers.length;
  await world.call(tool, args);
  const answers = world.answers.slice(before);
  return {
    clickup_calls: answers.length,
    bytes_read: answers.reduce((sum, { text }) => sum + Buffer.byteLength(withoutCounts(text)), 0),
  };
}

/** ClickUp writes how many tasks a list has into what it says of the list: a larger number has more digits. */
function withoutCounts(text: string): string {
  return text.replaceAll(/"task_count":"?\d+"?/g, '"task_count":0');
}
