/** What a command of the operator is: parsed input in, plain JSON (or a stream) out. */
import type { Bindings } from "../env.ts";

/** The operator can fix it: a user that does not exist, a date that is none. */
export class AdminError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "AdminError";
  }
}

export type Answer = Record<string, unknown> | readonly unknown[] | ReadableStream<Uint8Array>;

export type Command = (input: unknown, env: Bindings) => Promise<Answer>;
