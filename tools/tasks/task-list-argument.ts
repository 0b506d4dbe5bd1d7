/** A list of flat objects as an argument; a list written as JSON text is taken too. */
import * as z from "zod";
import { MOST_TASKS } from "./task-batch.ts";

/** Unknown fields of an object are named, as unknown arguments are. */
export function taskList<T extends z.ZodObject>(task: T) {
  return z.preprocess(
    fromJson,
    // Strictness does not change what is read.
    z.array(task.strict() as unknown as T).refine((tasks) => tasks.length > 0 && tasks.length <= MOST_TASKS, {
      error: `give 1 to ${MOST_TASKS} of them`,
    }),
  );
}

function fromJson(value: unknown): unknown {
  if (typeof value !== "string") {
    return value;
  }
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value;
  }
}
