/**
 * Runs one tool: grant, arguments, handler, output, text. The one place where errors are caught and
 * put into words. Never throws.
 */
import type { z } from "zod";
import { ANSWER_CHARS, cutTo, fitAnswer } from "../words/answer-size.ts";
import { ClickUpError } from "../clickup/errors.ts";
import type { Tool, ToolContext, ToolOutcome } from "../define.ts";
import {
  DeclinedError,
  describeClickUpError,
  NotGrantedError,
  QuestionPending,
  UserInputError,
} from "../words/errors.ts";
import { grantAllows } from "./grant.ts";
import { describeIssues } from "./issues.ts";
import { withoutNothing } from "./nothing.ts";
import { forgetTask } from "../kept/recent-task.ts";
import { renderText } from "../words/render.ts";
import { fence, fencedSentence, stripDeep } from "../words/untrusted.ts";

interface CallResult {
  content: { type: "text"; text: string }[];
  structuredContent?: Record<string, unknown>;
  isError?: true;
}

export interface CallOutcome {
  result: CallResult;
  outcome: ToolOutcome;
  /** Set for "input_required": what the person has to be asked before the call is run again. */
  question?: string;
  /** Set for "internal_error": the id the caller was shown and `ctx.report` was given. */
  incident?: string;
}

/** Our own sentences are short; names in them may not be. */
const SUMMARY_CHARS = 4_000;
const ERROR_CHARS = 8_000;
const SHORTENED =
  "The answer was too large and is shortened: long texts end with … and long lists are cut. Ask for less at a time.";

/** `args` is whatever the client sent. The result is ready for `tools/call`. */
export async function callTool(tool: Tool, args: unknown, ctx: ToolContext): Promise<CallOutcome> {
  const refusal = refuse(tool, ctx);
  if (refusal !== undefined) {
    return refusal;
  }
  try {
    const params = parseArguments(tool, args);
    ctx.signal.throwIfAborted();
    const looked = new Set<string>();
    const answer = await tool.handler(params, watched(tool, params, ctx, looked));
    const fitted = fitAnswer(tool.output.parse(stripDeep(answer.data)));
    const data = fitted.data as Record<string, unknown>;
    const body = fitted.shortened || answer.body === undefined ? renderText(data) : answer.body;
    const note = fitted.shortened ? `\n${SHORTENED}` : "";
    const shown = cutTo(placeOf(looked, params, ctx) + body, 2 * ANSWER_CHARS);
    const text = `${cutTo(answer.summary, SUMMARY_CHARS)}${note}\n${fence(shown)}`;
    return { result: { content: [{ type: "text", text }], structuredContent: data }, outcome: "ok" };
  } catch (error) {
    return failure(error, ctx);
  }
}

/**
 * The context of one call: what it touches is noted in `looked` where it is a Workspace, and a tool that changes things
 * makes what was kept of the tasks it touches out of date.
 */
function watched(
  tool: Tool,
  params: Record<string, unknown>,
  ctx: ToolContext,
  looked: Set<string>,
): ToolContext {
  const { idempotency_key: _, ...args } = params;
  return {
    ...ctx,
    args,
    touch: (kind, id) => {
      if (kind === "workspace") looked.add(id);
      if (kind === "task" && tool.kind !== "read") forgetTask(ctx, id);
      ctx.touch(kind, id);
    },
  };
}

/** Where a call that named no Workspace has looked, for a person who has several; else nothing. */
function placeOf(looked: ReadonlySet<string>, params: Record<string, unknown>, ctx: ToolContext): string {
  const { workspaces } = ctx.user;
  if (workspaces.length < 2 || params["workspace"] !== undefined) return "";
  const names = workspaces.filter(({ id }) => looked.has(id)).map(({ name }) => name);
  return names.length === 0 ? "" : `Workspace: ${names.join(", ")}\n`;
}

function refuse(tool: Tool, ctx: ToolContext): CallOutcome | undefined {
  if (!grantAllows(ctx.grant, tool)) {
    const reason =
      ctx.grant.access === "read" && tool.kind !== "read" ? "may only read" : `may not use ${tool.set} tools`;
    return {
      result: errorText(
        `${tool.title}: this device ${reason}. Its owner can change that by connecting it again.`,
      ),
      outcome: "refused_grant",
    };
  }
  return undefined;
}

const strictInputs = new WeakMap<Tool, z.ZodObject>();

/** The input schema that also names unknown arguments; made once per tool. */
function strictInput(tool: Tool): z.ZodObject {
  const known = strictInputs.get(tool) ?? tool.input.strict();
  strictInputs.set(tool, known);
  return known;
}

function parseArguments(tool: Tool, args: unknown): Record<string, unknown> {
  const parsed = strictInput(tool).safeParse(withoutNothing(tool, args ?? {}));
  if (!parsed.success) {
    throw new UserInputError(describeIssues(parsed.error, tool.input));
  }
  return parsed.data;
}

function failure(error: unknown, ctx: ToolContext): CallOutcome {
  if (error instanceof QuestionPending) {
    const { question } = error;
    return { result: errorText("Waiting for the person's answer."), outcome: "input_required", question };
  }
  if (error instanceof UserInputError) {
    return { result: errorText(error.sentence), outcome: "user_error" };
  }
  if (error instanceof NotGrantedError) {
    return { result: errorText(error.message), outcome: "refused_grant" };
  }
  if (error instanceof DeclinedError) {
    return { result: errorText(error.message), outcome: "cancelled" };
  }
  if (error instanceof ClickUpError) {
    const outcome = error.kind === "unknown_outcome" ? "unknown_outcome" : "upstream_error";
    return { result: errorText(describeClickUpError(error)), outcome };
  }
  if (ctx.signal.aborted) {
    return {
      result: errorText(
        "The call was cancelled or ran out of time before its next step was sent to ClickUp.",
      ),
      outcome: "cancelled",
    };
  }
  const incident = crypto.randomUUID();
  ctx.report?.(incident, error);
  return {
    result: errorText(`Something failed on our side, not because of the arguments. Incident ${incident}.`),
    outcome: "internal_error",
    incident,
  };
}

/** @param text our words; people's in them are marked by `foreign` */
function errorText(text: string): CallResult & { isError: true } {
  return { content: [{ type: "text", text: fencedSentence(text, ERROR_CHARS) }], isError: true };
}
