/** Asking the person before something they made may be lost. */
import type { ToolContext } from "../define.ts";
import { DeclinedError } from "../words/errors.ts";

/**
 * Goes on when the person agrees, or when the client cannot ask. Throws DeclinedError otherwise. `question`
 * names what will be lost, e.g. `Delete task DEV-42 "Ship it"?`.
 */
export async function confirmFirst(ctx: ToolContext, question: string): Promise<void> {
  if ((await ctx.confirm(question)) === "declined") {
    throw new DeclinedError("Not done: the person declined.");
  }
  ctx.signal.throwIfAborted();
}
