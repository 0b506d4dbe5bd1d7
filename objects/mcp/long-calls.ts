/**
 * The tasks extension (io.modelcontextprotocol/tasks, SEP-2663) of 2026-07-28: a tool that takes long answers at
 * once with a task, and goes on; the client asks how it stands. The row is durable before the first answer.
 */
import {
  CLIENT_CAPABILITIES_META_KEY,
  isInputRequiredResult,
  MissingRequiredClientCapabilityError,
  ProtocolError,
  type CallToolResult,
  type InputRequiredResult,
  type Server,
  type ServerContext,
} from "@modelcontextprotocol/server";
import * as z from "zod";
import { TASK_DEADLINE_MS, TASK_POLL_MS, TASK_TTL_MS } from "../limits.ts";
import type { LongCallRow, LongCallStore } from "../stores/long-calls.ts";
import type { Exchange } from "./exchange.ts";
import { RPC } from "./responses.ts";

export const TASKS_EXTENSION = "io.modelcontextprotocol/tasks";

/** Runs the tool once with the answers gathered so far. */
type Run = (ctx: ServerContext) => Promise<CallToolResult | InputRequiredResult>;

interface Live {
  exchange: Exchange;
  ctx: ServerContext;
  run: Run;
  answers: Record<string, unknown>;
  pending: Set<string>;
  /** What the tool wants to see again when it is run with the answers. */
  state: string | undefined;
}

const byTask = z.object({ taskId: z.string().max(100) });

export class LongCalls {
  readonly #store: LongCallStore;
  readonly #now_ms: () => number;
  /** Keeps the object until the work is done. */
  readonly #keep: (work: Promise<unknown>) => void;
  readonly #report: (error: unknown) => string;
  readonly #live = new Map<string, Live>();

  constructor(
    store: LongCallStore,
    now_ms: () => number,
    keep: (work: Promise<unknown>) => void,
    report: (error: unknown) => string,
  ) {
    this.#store = store;
    this.#now_ms = now_ms;
    this.#keep = keep;
    this.#report = report;
  }

  /**
   * Starts a call as a task.
   * @returns the CreateTaskResult, once the task is durable
   * @throws ProtocolError when the user has too many tasks
   */
  start(exchange: Exchange, ctx: ServerContext, run: Run): CallToolResult {
    const taskId = crypto.randomUUID();
    const now_ms = this.#now_ms();
    if (!this.#store.add(taskId, exchange.scope.principal.deviceId, TASK_TTL_MS, now_ms)) {
      throw new ProtocolError(
        RPC.server,
        "Too many tasks are kept. Wait for some to expire, or call without tasks.",
      );
    }
    const live: Live = { exchange, ctx, run, answers: {}, pending: new Set(), state: undefined };
    this.#live.set(taskId, live);
    exchange.detached = true;
    exchange.scope.deadline_ms = TASK_DEADLINE_MS;
    exchange.scope.progress = (done, total, message) => {
      const counted = message === undefined ? `${done} of ${total}` : `${done} of ${total}: ${message}`;
      this.#store.update(taskId, { status: "working", message: counted }, this.#now_ms());
    };
    this.#keep(this.#advance(taskId, live));
    const row = this.#store.get(taskId, exchange.scope.principal.deviceId, now_ms);
    if (row === undefined) throw new Error("the task was not stored");
    return { ...view(row), resultType: "task" } as unknown as CallToolResult;
  }

  /** Registers tasks/get, tasks/update and tasks/cancel. */
  register(server: Server, deviceOf: (ctx: ServerContext) => string): void {
    const find = (taskId: string, ctx: ServerContext): LongCallRow => {
      requireExtension(ctx);
      const row = this.#store.get(taskId, deviceOf(ctx), this.#now_ms());
      if (row === undefined)
        throw new ProtocolError(RPC.invalidParams, "Unknown taskId: it does not exist or has expired.");
      return this.#afterRestart(row);
    };
    server.setRequestHandler("tasks/get", { params: byTask }, ({ taskId }, ctx) => ({
      ...view(find(taskId, ctx)),
      resultType: "complete",
    }));
    server.setRequestHandler("tasks/cancel", { params: byTask }, ({ taskId }, ctx) => {
      find(taskId, ctx);
      this.#cancel(taskId);
      return { resultType: "complete" };
    });
    server.setRequestHandler("tasks/update", { params: byTask }, ({ taskId }, ctx) => {
      // The SDK lifts `inputResponses` out of the params of every request.
      this.#answer(find(taskId, ctx), ctx.mcpReq.inputResponses ?? {});
      return { resultType: "complete" };
    });
  }

  /** Cancels what a device is running when it is stopped. */
  endDevice(deviceId: string): void {
    for (const [taskId, live] of this.#live) {
      if (live.exchange.scope.principal.deviceId === deviceId) this.#cancel(taskId);
    }
  }

  async #advance(taskId: string, live: Live): Promise<void> {
    try {
      const result = await live.run(withAnswers(live));
      if (!this.#live.has(taskId)) return;
      if (isInputRequiredResult(result)) {
        const requests = (result.inputRequests ?? {}) as Record<string, unknown>;
        live.pending = new Set(Object.keys(requests));
        live.state = result.requestState;
        this.#store.update(taskId, { status: "input_required", inputRequests: requests }, this.#now_ms());
        return;
      }
      this.#live.delete(taskId);
      live.exchange.end(JSON.stringify(result).length);
      const { resultType: _, ...inlined } = result;
      this.#store.update(taskId, { status: "completed", result: inlined }, this.#now_ms());
    } catch (error) {
      if (!this.#live.delete(taskId)) return;
      const failure =
        error instanceof ProtocolError
          ? { code: error.code, message: error.message }
          : {
              code: RPC.internal,
              message: `Something went wrong on our side. Incident ${this.#report(error)}.`,
            };
      live.exchange.end(0, error instanceof ProtocolError ? "protocol_error" : "internal_error");
      this.#store.update(taskId, { status: "failed", error: failure }, this.#now_ms());
    }
  }

  #answer(row: LongCallRow, responses: Record<string, unknown>): void {
    const live = this.#live.get(row.taskId);
    if (live === undefined || row.status !== "input_required") return;
    for (const key of live.pending) {
      if (!Object.hasOwn(responses, key)) continue;
      live.answers[key] = responses[key];
      live.pending.delete(key);
    }
    if (live.pending.size === 0) {
      this.#store.update(row.taskId, { status: "working" }, this.#now_ms());
      this.#keep(this.#advance(row.taskId, live));
      return;
    }
    const asked = Object.entries(row.inputRequests ?? {}).filter(([key]) => live.pending.has(key));
    const left = { status: "input_required" as const, inputRequests: Object.fromEntries(asked) };
    this.#store.update(row.taskId, left, this.#now_ms());
  }

  #cancel(taskId: string): void {
    const live = this.#live.get(taskId);
    this.#live.delete(taskId);
    this.#store.update(taskId, { status: "cancelled" }, this.#now_ms());
    live?.exchange.cancel();
    live?.exchange.end(0, "cancelled");
  }

  /** A task that was running when the object was replaced will not end by itself. */
  #afterRestart(row: LongCallRow): LongCallRow {
    const over = row.status !== "working" && row.status !== "input_required";
    if (over || this.#live.has(row.taskId)) return row;
    const error = {
      code: RPC.internal,
      message: "The server was restarted while this ran. Check what was done before you repeat it.",
    };
    this.#store.update(row.taskId, { status: "failed", error }, this.#now_ms());
    return { ...row, status: "failed", error, inputRequests: null };
  }
}

/** True when the client said on this request that it knows tasks. */
export function knowsTasks(ctx: ServerContext): boolean {
  const envelope = ctx.mcpReq.envelope as Record<string, unknown> | undefined;
  const capabilities = envelope?.[CLIENT_CAPABILITIES_META_KEY] as
    | { extensions?: Record<string, unknown> }
    | undefined;
  return capabilities?.extensions?.[TASKS_EXTENSION] !== undefined;
}

/** @throws -32021 naming the extension */
export function requireExtension(ctx: ServerContext): void {
  if (knowsTasks(ctx)) return;
  throw new MissingRequiredClientCapabilityError({
    requiredCapabilities: { extensions: { [TASKS_EXTENSION]: {} } },
  });
}

/** The context of the first request, with everything the client has answered since. */
function withAnswers(live: Live): ServerContext {
  const state = live.state;
  return {
    ...live.ctx,
    mcpReq: {
      ...live.ctx.mcpReq,
      inputResponses: { ...live.ctx.mcpReq.inputResponses, ...live.answers },
      ...(state === undefined
        ? {}
        : { requestState: (() => state) as ServerContext["mcpReq"]["requestState"] }),
    },
  };
}

/** A task as it goes over the wire: flat, milliseconds as integers. */
function view(row: LongCallRow): Record<string, unknown> {
  return {
    taskId: row.taskId,
    status: row.status,
    createdAt: new Date(row.created_ms).toISOString(),
    lastUpdatedAt: new Date(row.updated_ms).toISOString(),
    ttlMs: row.ttl_ms,
    pollIntervalMs: TASK_POLL_MS,
    ...(row.message === null ? {} : { statusMessage: row.message }),
    ...(row.result === null ? {} : { result: row.result }),
    ...(row.error === null ? {} : { error: row.error }),
    ...(row.inputRequests === null ? {} : { inputRequests: row.inputRequests }),
  };
}
