/** One person of the sandbox with the real tools, client and budget, in plain Node: for measuring and documenting. */
import { callTool, type CallOutcome } from "../tools/call.ts";
import { toolByName } from "../tools/catalog.ts";
import { Budget } from "../tools/clickup/budget.ts";
import { createClickUpClient } from "../tools/clickup/client.ts";
import type { Cache, IdempotencyLog, ToolContext } from "../tools/define.ts";
import {
  createClickUpSandbox,
  SANDBOX,
  SEED_NOW_MS,
  type ClickUpSandbox,
} from "../test/sandbox/clickup/index.ts";

export interface ToolWorld {
  sandbox: ClickUpSandbox;
  /** What ClickUp has answered so far, one text an answer. */
  raw: string[];
  /** @throws Error when the call does not succeed */
  call(tool: string, args: Record<string, unknown>): Promise<CallOutcome>;
}

/** Replaces the global `fetch` of this process by the sandbox. */
export function openToolWorld(): ToolWorld {
  const now_ms = (): number => SEED_NOW_MS;
  const sandbox = createClickUpSandbox({ now_ms, rateLimitPerMinute: 100_000 });
  const raw: string[] = [];
  globalThis.fetch = async (input, init) => {
    const response = await sandbox.fetch(new Request(input, init));
    raw.push(await response.clone().text());
    return response;
  };
  const cache = memoryCache();
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
      tier: "premium",
      grant: { access: "write", toolSets: null, workspaces: null },
      signal,
      now_ms,
      touch: () => undefined,
      progress: () => undefined,
      confirm: () => Promise.resolve("unsupported"),
      rememberWorkspace: () => undefined,
      report: (_, error) => {
        throw error;
      },
    };
  };
  return {
    sandbox,
    raw,
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
