/**
 * Errors the caller of a tool can fix, and refusals of this server. Everything else that is thrown is our
 * own fault, except `ClickUpError`. They are rendered in one place, `call.ts`.
 */
import type { ClickUpError } from "../clickup/errors.ts";
import { closest, shown } from "./names.ts";
import { foreign, plainSentence } from "./untrusted.ts";

/**
 * The caller can fix it. The sentence names what is wrong and the way out. Text of people in ClickUp stands in it
 * through `foreign` only; `message` is the same without the marks, for data.
 */
export class UserInputError extends Error {
  override readonly name = "UserInputError";
  readonly sentence: string;
  readonly argument: string | undefined;

  constructor(sentence: string, options: { argument?: string; cause?: unknown } = {}) {
    super(plainSentence(sentence), options.cause === undefined ? {} : { cause: options.cause });
    this.sentence = sentence;
    this.argument = options.argument;
  }
}

/** The person did not allow this device to do that. */
export class NotGrantedError extends Error {
  override readonly name = "NotGrantedError";
}

/** The person was asked and said no. */
export class DeclinedError extends Error {
  override readonly name = "DeclinedError";
}

/** Something a name can stand for. */
export interface Candidate {
  id: string;
  name: string;
  /** Where it lies, for people: "Product / Mobile / Sprint 12". */
  path?: string;
}

const MOST_CANDIDATES = 10;

/** Two or more things carry the name: lists them with their paths and ids. */
export function ambiguous(
  noun: string,
  wanted: string,
  found: readonly Candidate[],
  argument: string,
): UserInputError {
  const listed = found.slice(0, MOST_CANDIDATES).map(candidateText);
  const more = found.length > MOST_CANDIDATES ? ` and ${found.length - MOST_CANDIDATES} more` : "";
  return new UserInputError(
    `${found.length} ${noun}s match "${shown(wanted)}": ${listed.join(", ")}${more}. Use an id or a longer path.`,
    { argument },
  );
}

/** Nothing carries the name: lists the nearest. `where` continues the sentence, e.g. " in space Product". */
export function notFound(
  noun: string,
  wanted: string,
  known: readonly Candidate[],
  argument: string,
  where = "",
): UserInputError {
  const near = closest(wanted, known, (one) => one.name)
    .map(candidateText)
    .join(", ");
  const hint = near === "" ? "" : ` Nearest: ${near}.`;
  return new UserInputError(`No ${noun} "${shown(wanted)}"${where}.${hint}`, { argument });
}

/** A place or thing to choose, by its path and id. */
export function candidateText({ id, name, path }: Candidate): string {
  return `${foreign(`"${shown(path ?? name, 160)}"`)} (${id})`;
}

/** Our words, then ClickUp's own short text, labelled as theirs and marked: it may repeat what people wrote. */
export function describeClickUpError(error: ClickUpError): string {
  const code = error.ecode === undefined ? "" : ` [${error.ecode}]`;
  return error.detail === undefined
    ? `${error.message}${code}`
    : `${error.message} ClickUp says: ${foreign(`"${error.detail}"`)}${code}`;
}

/**
 * Thrown by `ToolContext.confirm` when the answer comes with a later request: the call ends without having changed
 * anything and is run again, from the start, once the person has answered.
 */
export class QuestionPending extends Error {
  readonly question: string;

  constructor(question: string) {
    super("a question is waiting for its answer");
    this.name = "QuestionPending";
    this.question = question;
  }
}
