/** Runs a tool of the catalog without an object: the same work behind both ways of dispatching. */
import { callTool, type CallOutcome } from "../../../../tools/call/call.ts";
import type { Tool, ToolContext } from "../../../../tools/define.ts";
import { SPACE } from "./clickup.ts";

const context = {
  clickup: { request: () => Promise.resolve(SPACE), calls: 1 },
  cache: { get: () => undefined, set: () => undefined, drop: () => undefined },
  idempotency: { get: () => undefined, put: () => undefined },
  user: {
    clickupUserId: "1",
    username: "bench",
    timeZone: "UTC",
    workspaces: [{ id: "9001", name: "Bench" }],
    defaultWorkspaceId: "9001",
  },
  grant: { access: "write", toolSets: null, workspaces: null },
  signal: new AbortController().signal,
  now_ms: () => Date.now(),
  touch: () => undefined,
  progress: () => undefined,
  confirm: () => Promise.resolve("unsupported"),
  deviceId: "d_1",
  args: {},
  report: (_: string, error: unknown) => {
    throw error;
  },
} as unknown as ToolContext;

export function runTool(tool: Tool, args: unknown): Promise<CallOutcome> {
  return callTool(tool, args, context);
}
