/** One person of the sandbox with the real tools, client and budget, in plain Node: for measuring and documenting. */
import { callTool, type CallOutcome } from "../../../tools/call/call.ts";
import { toolByName } from "../../../tools/catalog.ts";
import { Budget } from "../../../tools/clickup/budget.ts";
import { createClickUpClient } from "../../../tools/clickup/client.ts";
import { after } from "../../../tools/clickup/timer.ts";
import type { Cache, IdempotencyLog, ToolContext } from "../../../tools/define.ts";
import {
  createClickUpSandbox,
  SANDBOX,
  SEED_NOW_MS,
  type ClickUpSandbox,
} from "../../sandbox/clickup/index.ts";

/** One answer of ClickUp as it was sent. */
export interface Answer {
  method: string;
  /** With the query. */
  url: string;
  text: string;
}

export interface ToolWorld {
  sandbox: ClickUpSandbox;
  /** What ClickUp has answered so far, in order. */
  readonly answers: readonly Answer[];
  /** What the person was asked so far. */
  readonly questions: readonly string[];
  /** @throws Error when the call does not succeed */
  call(tool: string, args: Record<string, unknown>): Promise<CallOutcome>;
}

export interface ToolWorldOptions {
  /** One with the seed of `SEED_NOW_MS` unless given. */
  sandbox?: ClickUpSandbox;
  /** Keep nothing between calls: every call asks ClickUp for all it needs. */
  forgetful?: boolean;
  /** The client can ask, and the person agrees. Without it the client cannot ask. */
  agrees?: boolean;
}

/** A sandbox of ClickUp for measuring: a fixed clock, and a rate limit that is never reached. */
export function measuredSandbox(seed: "full" | "people" = "full"): ClickUpSandbox {
  return createClickUpSandbox({ now_ms: () => SEED_NOW_MS, rateLimitPerMinute: 100_000, seed });
}

/** Replaces the global `fetch` of this process by the sandbox. */
export function openToolWorld(options: ToolWorldOptions = {}): ToolWorld {
  const now_ms = (): number => SEED_NOW_MS;
  const sandbox = options.sandbox ?? measuredSandbox();
  const answers: Answer[] = [];
  const questions: string[] = [];
  globalThis.fetch = async (input, init) => {
    const request = new Request(input, init);
    const { method, url } = request;
    const response = await sandbox.fetch(request);
    answers.push({ method, url, text: await response.clone().text() });
    return response;
  };
  const cache = options.forgetful === true ? noCache() : memoryCache();
  const idempotency = memoryLog();
  const budget = new Budget({ limitPerMinute: 100_000 });
  const { northwind } = SANDBOX.workspaces;
  const context = (): ToolContext => {
    const signal = new AbortController().signal;
    return {
      clickup: createClickUpClient({
        baseUrl: "https://api.clickup.test/api",
        token: SANDBOX.tokens.alice,
        budget,
        signal,
      }),
      cache,
      idempotency,
      user: {
        clickupUserId: String(SANDBOX.users.alice),
        username: "Alice Andersson",
        timeZone: "Europe/Stockholm",
        workspaces: [{ id: northwind, name: "Northwind Labs" }],
        defaultWorkspaceId: northwind,
      },
      grant: { access: "write", toolSets: null, workspaces: null },
      signal,
      now_ms,
      after,
      touch: () => undefined,
      progress: () => undefined,
      confirm: (question) => {
        questions.push(question);
        return Promise.resolve(options.agrees === true ? "accepted" : "unsupported");
      },
      deviceId: "d_1",
      args: {},
      report: (_, error) => {
        throw error;
      },
    };
  };
  return {
    sandbox,
    answers,
    questions,
    async call(name, args) {
      const tool = toolByName(name);
      if (tool === undefined) throw new Error(`no tool ${name}`);
      const outcome = await callTool(tool, args, context());
      if (outcome.outcome !== "ok")
        throw new Error(`${name}: ${outcome.result.content[0]?.text ?? outcome.outcome}`);
      return outcome;
    },
  };
}

function noCache(): Cache {
  return { get: () => undefined, set: () => undefined, drop: () => undefined };
}

function memoryCache(): Cache {
  const kept = new Map<string, string>();
  return {
    get: <T>(key: string) => {
      const json = kept.get(key);
      return json === undefined ? undefined : (JSON.parse(json) as T);
    },
    set: (key, value) => {
      kept.set(key, JSON.stringify(value));
    },
    drop: (prefix) => {
      for (const key of kept.keys()) if (key.startsWith(prefix)) kept.delete(key);
    },
  };
}

function memoryLog(): IdempotencyLog {
  const kept = new Map<string, unknown>();
  return {
    get: (tool, key) => kept.get(`${tool}\n${key}`),
    put: (tool, key, result) => {
      kept.set(`${tool}\n${key}`, result);
    },
  };
}
