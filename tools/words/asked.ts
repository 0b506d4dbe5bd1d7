/** Compares what was asked of ClickUp with what it answered: what changed, and what it ignored silently. */
import { ClickUpError } from "../clickup/errors.ts";
import type { ToolContext } from "../define.ts";
import { shown } from "./names.ts";
import type { Change, NotApplied } from "../shapes.ts";

/** One thing that was asked of a place, an entry or the like. */
export interface Asked<T> {
  field: string;
  /** The value as it reads once it holds. */
  asked: string;
  /** The value in one line; undefined when empty. */
  read(thing: T): string | undefined;
  /** Whether the answer shows it; undefined when the answer cannot tell. Compares `read` with `asked` when absent. */
  holds?(thing: T): boolean | undefined;
}

/** What was asked and is not to be seen in `after`. */
export function notAppliedOf<T>(all: readonly Asked<T>[], after: T): NotApplied[] {
  return all.flatMap((one) => {
    const is = one.read(after);
    const holds = one.holds === undefined ? is === one.asked : one.holds(after);
    return holds === false
      ? [
          {
            field: one.field,
            asked: shown(one.asked, 200),
            ...(is === undefined ? {} : { is: shown(is, 200) }),
          },
        ]
      : [];
  });
}

/**
 * The state after a write: `answer`, unless it contradicts what was asked. Then it may be a copy from before
 * the change, or empty, and `read` looks again; when that fails too, the answer has to do.
 */
export async function stateAfter<T>(
  ctx: ToolContext,
  all: readonly Asked<T>[],
  answer: T,
  read: () => Promise<T>,
): Promise<T> {
  if (notAppliedOf(all, answer).length === 0) {
    return answer;
  }
  try {
    return await read();
  } catch (error) {
    if (error instanceof ClickUpError || ctx.signal.aborted) {
      return answer;
    }
    throw error;
  }
}

/** Which of the asked things differ between two states, before → after. */
export function changesOf<T>(all: readonly Asked<T>[], before: T, after: T): Change[] {
  return all.flatMap((one) => {
    const was = one.read(before);
    const is = one.read(after);
    return was === is
      ? []
      : [
          {
            field: one.field,
            ...(was === undefined ? {} : { before: shown(was, 200) }),
            ...(is === undefined ? {} : { after: shown(is, 200) }),
          },
        ];
  });
}

/** A sentence for the summary when something was not applied; begins with a space. */
export function notAppliedWarning(missing: readonly unknown[]): string {
  return missing.length === 0 ? "" : ` ClickUp did not apply ${missing.length} of it: see not_applied.`;
}
