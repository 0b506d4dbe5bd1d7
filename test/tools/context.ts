/**
 * A user's object in miniature for tests of tools: cache, idempotency log and journal in memory, the real
 * client and budget, and the ClickUp sandbox behind `globalThis.fetch`.
 */
import { afterEach, beforeEach, expect } from "vitest";
import { callTool, type CallOutcome } from "../../tools/call/call.ts";
import { toolByName } from "../../tools/catalog.ts";
import { Budget } from "../../tools/clickup/budget.ts";
import { type CallReport, createClickUpClient } from "../../tools/clickup/client.ts";
import { after } from "../../tools/clickup/timer.ts";
import type { Cache, Grant, IdempotencyLog, Tool, ToolContext, Workspace } from "../../tools/define.ts";
import { type CheckedRequest, checkRequest, openApiAvailable } from "../contract/openapi.ts";
import { type ClickUpSandbox, createClickUpSandbox, SANDBOX, SEED_NOW_MS } from "../sandbox/clickup/index.ts";

export const NORTHWIND: Workspace = { id: SANDBOX.workspaces.northwind, name: "Northwind Labs" };
export const SIDE: Workspace = { id: SANDBOX.workspaces.side, name: "Side Project" };

class MemoryCache implements Cache {
  readonly #kept = new Map<string, { json: string; until_ms: number }>();
  readonly #now_ms: () => number;

  constructor(now_ms: () => number) {
    this.#now_ms = now_ms;
  }

  get<T>(key: string): T | undefined {
    const kept = this.#kept.get(key);
    if (kept === undefined || kept.until_ms <= this.#now_ms()) {
      return undefined;
    }
    return JSON.parse(kept.json, (_, value: unknown) => Object.freeze(value)) as T;
  }

  set(key: string, value: unknown, ttl_ms: number): void {
    this.#kept.set(key, { json: JSON.stringify(value), until_ms: this.#now_ms() + ttl_ms });
  }

  drop(prefix: string): void {
    for (const key of this.#kept.keys()) {
      if (key.startsWith(prefix)) {
        this.#kept.delete(key);
      }
    }
  }
}

class MemoryLog implements IdempotencyLog {
  readonly #results = new Map<string, string>();

  get(deviceId: string, tool: string, key: string): unknown {
    const json = this.#results.get(`${deviceId}\n${tool}\n${key}`);
    return json === undefined ? undefined : JSON.parse(json);
  }

  put(deviceId: string, tool: string, key: string, result: unknown): void {
    this.#results.set(`${deviceId}\n${tool}\n${key}`, JSON.stringify(result));
  }
}

export interface ContextOptions {
  token?: string;
  deviceId?: string;
  clickupUserId?: string;
  workspaces?: Workspace[];
  defaultWorkspaceId?: string | null;
  timeZone?: string;
  /** Nothing comes of it: what a plan allows is decided above the tools. */
  tier?: "free" | "premium";
  grant?: Partial<Grant>;
  signal?: AbortSignal;
  timeout_ms?: number;
  /** "unsupported" unless given. */
  confirm?: ToolContext["confirm"];
}

/** Everything one test sees. */
export interface World {
  sandbox: ClickUpSandbox;
  ctx: ToolContext;
  /** Another call context over the same cache and log, as the object makes one per call. */
  context(options?: ContextOptions): ToolContext;
  call(tool: string | Tool, args: unknown, ctx?: ToolContext): Promise<CallOutcome>;
  /** Runs a call and answers its data; fails the test when the call was not "ok". */
  ok(tool: string | Tool, args: unknown, ctx?: ToolContext): Promise<Record<string, unknown>>;
  /** Text of a call that must fail with `outcome`, people's text in its place again. */
  fails(
    tool: string | Tool,
    args: unknown,
    outcome: CallOutcome["outcome"],
    ctx?: ToolContext,
  ): Promise<string>;
  /** Moves the clock of the context and the sandbox on. */
  pass(ms: number): void;
  /** "GET /v2/list/{list_id}" … in order, since the last look. */
  operations(): string[];
  touched: string[];
  progress: string[];
  reported: { incident: string; error: unknown }[];
  reports: CallReport[];
}

/** Call inside `describe`: a fresh world per test; afterwards every request must have fitted ClickUp's description. */
export function useWorld(sandboxOptions: { strict?: boolean } = {}): () => World {
  let world: World | undefined;
  let sent: CheckedRequest[] = [];
  const realFetch = globalThis.fetch;
  beforeEach(() => {
    world = openWorld(sandboxOptions);
    sent = [];
    const { sandbox } = world;
    globalThis.fetch = async (input: Parameters<typeof fetch>[0], init?: RequestInit) => {
      const request = new Request(input, init);
      sent.push(await recorded(request.clone()));
      return await sandbox.fetch(request);
    };
  });
  afterEach(() => {
    globalThis.fetch = realFetch;
    if (world !== undefined && openApiAvailable) {
      expect(sent.flatMap((request) => checkRequest(request))).toEqual([]);
    }
  });
  return () => {
    if (world === undefined) {
      throw new Error("useWorld works inside a test only");
    }
    return world;
  };
}

/** What left for ClickUp, whatever a fault made of the answer. */
async function recorded(request: Request): Promise<CheckedRequest> {
  const url = new URL(request.url);
  const isForm = request.headers.get("content-type")?.startsWith("multipart/form-data") === true;
  const body = isForm
    ? Object.fromEntries(await request.formData())
    : (JSON.parse((await request.text()) || "null") as unknown);
  return {
    method: request.method,
    path: url.pathname,
    query: url.searchParams,
    ...(body === null ? {} : { body }),
  };
}

function openWorld(sandboxOptions: { strict?: boolean }): World {
  let now_ms = SEED_NOW_MS;
  const sandbox = createClickUpSandbox({
    now_ms: () => now_ms,
    rateLimitPerMinute: 10_000,
    ...sandboxOptions,
  });
  const cache = new MemoryCache(() => now_ms);
  const idempotency = new MemoryLog();
  const budget = new Budget();
  const world: World = {
    sandbox,
    ctx: undefined as unknown as ToolContext,
    context(options = {}) {
      const signal = options.signal ?? new AbortController().signal;
      return {
        clickup: createClickUpClient({
          baseUrl: "https://api.clickup.test/api",
          token: options.token ?? SANDBOX.tokens.alice,
          budget,
          signal,
          pause_ms: () => 1,
          onCall: (report) => world.reports.push(report),
          ...(options.timeout_ms === undefined ? {} : { timeout_ms: options.timeout_ms }),
        }),
        cache,
        idempotency,
        user: {
          clickupUserId: options.clickupUserId ?? String(SANDBOX.users.alice),
          username: "Alice",
          timeZone: options.timeZone ?? "Europe/Amsterdam",
          workspaces: options.workspaces ?? [NORTHWIND],
          defaultWorkspaceId: options.defaultWorkspaceId ?? null,
        },
        grant: { access: "write", toolSets: null, workspaces: null, ...options.grant },
        signal,
        now_ms: () => now_ms,
        after,
        touch: (kind, id) => world.touched.push(`${kind}:${id}`),
        progress: (done, total) => world.progress.push(`${done}/${total}`),
        confirm: options.confirm ?? (() => Promise.resolve("unsupported")),
        deviceId: options.deviceId ?? "d_1",
        args: {},
        report: (incident, error) => world.reported.push({ incident, error }),
      };
    },
    async call(name, args, ctx = world.ctx) {
      return await callTool(named(name), args, ctx);
    },
    async ok(name, args, ctx = world.ctx) {
      const { result, outcome } = await callTool(named(name), args, ctx);
      expect({ outcome, text: outcome === "ok" ? "" : textOf(result.content) }).toEqual({
        outcome: "ok",
        text: "",
      });
      return result.structuredContent ?? {};
    },
    async fails(name, args, outcome, ctx = world.ctx) {
      const answer = await callTool(named(name), args, ctx);
      const text = unfenced(textOf(answer.result.content));
      expect({ outcome: answer.outcome, text }).toEqual({ outcome, text });
      expect(answer.result.isError).toBe(true);
      return text;
    },
    pass(ms) {
      now_ms += ms;
    },
    operations() {
      const seen = sandbox.calls.map((call) => call.operation ?? `${call.method} ${call.path}`);
      sandbox.clearCalls();
      return seen;
    },
    touched: [],
    progress: [],
    reported: [],
    reports: [],
  };
  world.ctx = world.context();
  return world;
}

function named(name: string | Tool): Tool {
  const tool = typeof name === "string" ? toolByName(name) : name;
  if (tool === undefined) {
    throw new Error(`no tool ${typeof name === "string" ? name : name.name}`);
  }
  return tool;
}

export function textOf(content: readonly { text: string }[]): string {
  return content.map((part) => part.text).join("\n");
}

/** An error's sentence with the texts of its fence where their numbers stand. */
function unfenced(text: string): string {
  const [, sentence, body] =
    /^([^]*)\n<<<clickup \w+: [^\n]*>>>\n([^]*)\n<<<end clickup \w+>>>$/.exec(text) ?? [];
  if (sentence === undefined || body === undefined) return text;
  const texts = new Map(
    body.split(/\n(?=\[\d+\] )/).map((line) => [line.split(" ")[0], line.replace(/^\[\d+\] /, "")]),
  );
  return sentence.replaceAll(/\[\d+\]/g, (number) => texts.get(number) ?? number);
}
