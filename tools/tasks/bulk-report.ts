/** What a bulk call did, item by item, small enough for one answer. */
import * as z from "zod";
import { bulkClient } from "../clickup/client.ts";
import type { ToolContext } from "../define.ts";
import type { EachResult } from "../call/each.ts";
import { UserInputError } from "../words/errors.ts";
import { shown } from "../words/names.ts";
import { NotApplied } from "../shapes.ts";
import type { Change } from "../shapes.ts";
import { refuseEmpty } from "./task-batch.ts";

const BulkItem = z.object({
  /** Place in the argument, from 0. */
  item: z.number(),
  status: z.enum(["done", "failed", "not_tried"]),
  id: z.string().optional(),
  name: z.string().optional(),
  reason: z.string().optional(),
  /** "status: backlog → done" */
  changes: z.array(z.string()).optional(),
  not_applied: z.array(NotApplied).optional(),
  replayed: z.boolean().optional(),
});
type BulkItem = z.infer<typeof BulkItem>;

const NAME_CHARS = 60;
/** Room for what changed; a hundred items without it take the rest of an answer. */
const CHANGES_CHARS = 6_000;

/** Output of every bulk tool over existing tasks. */
export const BulkOutput = z.object({
  done: z.number(),
  failed: z.number().optional(),
  not_tried: z.number().optional(),
  items: z.array(BulkItem),
  /** How many items had their changes left out to keep the answer small. */
  changes_omitted: z.number().optional(),
});

/** What one item that was done tells. */
export interface BulkDone {
  id: string;
  name?: string | undefined;
  changes?: readonly Change[] | undefined;
  not_applied?: readonly NotApplied[] | undefined;
  replayed?: boolean | undefined;
}

/** The context of a bulk call: its requests wait behind what a person waits for. */
export function bulkContext(ctx: ToolContext): ToolContext {
  return { ...ctx, clickup: bulkClient(ctx.clickup) };
}

/**
 * Every item with what became of it. `names` tells what an item was called in the call, for those that were
 * not done. Throws the first failure when nothing was done and nothing may have been.
 */
export function bulkReport(
  ctx: ToolContext,
  results: readonly EachResult<BulkDone>[],
  names: readonly string[],
): z.infer<typeof BulkOutput> {
  refuseEmpty(ctx, results);
  let used = 0;
  let changes_omitted = 0;
  const items = results.map((result, item): BulkItem => {
    if (result.status !== "done") {
      return {
        item,
        status: result.status,
        name: shown(names[item] ?? "", NAME_CHARS),
        reason: result.reason,
      };
    }
    const { id, name, changes = [], not_applied = [], replayed } = result.value;
    ctx.touch("task", id);
    const lines = changes.map(changeLine);
    used += JSON.stringify(lines).length;
    const fits = used <= CHANGES_CHARS;
    changes_omitted += fits ? 0 : 1;
    return {
      item,
      status: "done",
      id,
      ...(name === undefined || name === "" ? {} : { name: shown(name, NAME_CHARS) }),
      ...(lines.length === 0 || !fits ? {} : { changes: lines }),
      ...(not_applied.length === 0 ? {} : { not_applied: [...not_applied] }),
      ...(replayed === true ? { replayed: true } : {}),
    };
  });
  const count = (status: BulkItem["status"]) => items.filter((one) => one.status === status).length;
  const failed = count("failed");
  const not_tried = count("not_tried");
  return {
    done: count("done"),
    ...(failed === 0 ? {} : { failed }),
    ...(not_tried === 0 ? {} : { not_tried }),
    items,
    ...(changes_omitted === 0 ? {} : { changes_omitted }),
  };
}

function changeLine({ field, before, after }: Change): string {
  const from = before === undefined ? "" : `${shown(before, 60)} `;
  return `${field}: ${from}→ ${after === undefined ? "nothing" : shown(after, 60)}`;
}

/** "Moved 3 of 5 tasks; 1 failed, 1 not tried." */
export function bulkSummary(verb: string, report: z.infer<typeof BulkOutput>): string {
  const { done, failed, not_tried, items } = report;
  const rest = [
    ...(failed === undefined ? [] : [`${failed} failed`]),
    ...(not_tried === undefined ? [] : [`${not_tried} not tried`]),
  ];
  const applied = items.filter((one) => one.not_applied !== undefined).length;
  const missing = applied === 0 ? "" : ` ${applied} with fields ClickUp did not apply: see not_applied.`;
  return rest.length === 0
    ? `${verb} ${done} tasks.${missing}`
    : `${verb} ${done} of ${items.length} tasks; ${rest.join(", ")}: see items.${missing}`;
}

/** Refuses a second mention of the same task: two changes at once would race. Answers the id. */
export function claimTask(seen: Map<string, number>, id: string, item: number): string {
  const first = seen.get(id);
  if (first !== undefined && first !== item) {
    throw new UserInputError(`task ${id} is item ${first} already.`);
  }
  seen.set(id, item);
  return id;
}
