/** The SDK's low-level server over a surface. Cheap to build: no tool is registered, lists are prepared. */
import {
  ProtocolError,
  ResourceNotFoundError,
  type JSONObject,
  type RequestId,
  type Server,
  type ServerContext,
  type ServerOptions,
} from "@modelcontextprotocol/server";
import type { Exchange } from "./exchange.ts";
import { callTool, runCall, runList } from "./methods.ts";
import { RPC } from "./responses.ts";
import { addSkills } from "./skill-methods.ts";
import { SurfaceServer } from "./surface-server.ts";
import type { Scope, Surface } from "./surface.ts";
import { knowsTasks, requireExtension, type LongCalls } from "./long-calls.ts";

/** What a session remembers for its client; requests without a session have none. */
export interface SessionMemory {
  subscriptions: {
    /** @returns why it was not added, if so */
    add(uri: string): string | undefined;
    delete(uri: string): void;
  };
}

/**
 * @param exchangeOf the admitted message a handler runs for
 * @param parts `memory` of a session; `longCalls` where the revision has them (2026-07-28)
 */
export function buildServer(
  surface: Surface,
  exchangeOf: (id: RequestId) => Exchange | undefined,
  parts: { memory?: SessionMemory; longCalls?: LongCalls } = {},
): Server {
  const { memory, longCalls } = parts;
  const hint = { ttlMs: surface.listTtl_ms, cacheScope: "private" as const };
  const exchange = (ctx: ServerContext): Exchange => {
    const found = exchangeOf(ctx.mcpReq.id);
    if (found === undefined) throw new ProtocolError(RPC.internal, "The request was not admitted.");
    found.scope.sdk = ctx;
    const capabilities = server.getClientCapabilities();
    if (capabilities !== undefined) found.scope.capabilities = capabilities;
    return found;
  };
  const scope = (ctx: ServerContext): Scope => exchange(ctx).scope;
  const verifier = surface.requestState;
  const options: ServerOptions = {
    capabilities: surface.capabilities,
    instructions: surface.instructions,
    cacheHints: {
      "tools/list": hint,
      "server/discover": hint,
      "resources/list": hint,
      "resources/templates/list": hint,
      "prompts/list": hint,
    },
    ...(verifier === undefined
      ? {}
      : { requestState: { verify: (state, ctx) => verifier.verify(state, scope(ctx)) } }),
  };
  const server: Server = new SurfaceServer(surface.info, options, {
    refused: (ctx) => exchangeOf(ctx.mcpReq.id)?.end(0, "protocol_error"),
    broken: (ctx, error) => exchange(ctx).fault(error),
  });
  server.setRequestHandler("tools/list", (request, ctx) => runList(surface, request.params, exchange(ctx)));
  server.setRequestHandler("tools/call", (request, ctx) => {
    const current = exchange(ctx);
    if (longCalls !== undefined && asLongCall(surface, request.params, current, ctx)) {
      return longCalls.start(current, ctx, (answered) => {
        current.scope.sdk = answered;
        return callTool(surface, request.params, current);
      });
    }
    withProgress(current, ctx);
    ctx.mcpReq.signal.addEventListener("abort", () => current.cancel(), { once: true });
    return runCall(surface, request.params, current);
  });
  addResources(server, surface, scope, memory);
  addPrompts(server, surface, scope);
  addSkills(server, surface, scope);
  longCalls?.register(server, (ctx) => scope(ctx).principal.deviceId);
  return server;
}

/** @throws -32021 when the call must be a task and the client does not know them */
function asLongCall(surface: Surface, params: unknown, current: Exchange, ctx: ServerContext): boolean {
  const { name, arguments: args } = params as { name: string; arguments?: JSONObject };
  const mode = surface.taskMode?.(name, args ?? {}, current.scope) ?? "never";
  if (mode === "never") return false;
  if (mode === "must" && !knowsTasks(ctx)) {
    current.end(0, "protocol_error");
    requireExtension(ctx);
  }
  return knowsTasks(ctx);
}

function addResources(
  server: Server,
  surface: Surface,
  scope: (ctx: ServerContext) => Scope,
  memory: SessionMemory | undefined,
): void {
  const { resources } = surface;
  if (resources === undefined) return;
  server.setRequestHandler("resources/list", async (_, ctx) => ({
    resources: await resources.list(scope(ctx)),
  }));
  server.setRequestHandler("resources/templates/list", (_, ctx) => ({
    resourceTemplates: resources.templates(scope(ctx)),
  }));
  server.setRequestHandler("resources/read", async (request, ctx) => {
    const result = await resources.read(request.params.uri, scope(ctx));
    if (result === undefined) throw new ResourceNotFoundError(request.params.uri);
    return result;
  });
  if (surface.capabilities.resources?.subscribe !== true || memory === undefined) return;
  server.setRequestHandler("resources/subscribe", (request) => {
    const problem = memory.subscriptions.add(request.params.uri);
    if (problem !== undefined) throw new ProtocolError(RPC.invalidParams, problem);
    return {};
  });
  server.setRequestHandler("resources/unsubscribe", (request) => {
    memory.subscriptions.delete(request.params.uri);
    return {};
  });
}

function addPrompts(server: Server, surface: Surface, scope: (ctx: ServerContext) => Scope): void {
  const { prompts } = surface;
  if (prompts !== undefined) {
    server.setRequestHandler("prompts/list", (_, ctx) => ({ prompts: prompts.list(scope(ctx)) }));
    server.setRequestHandler("prompts/get", async (request, ctx) => {
      const { name, arguments: args } = request.params;
      const result = await prompts.get(name, args ?? {}, scope(ctx));
      if (result === undefined)
        throw new ProtocolError(RPC.invalidParams, `Unknown prompt: ${name.slice(0, 128)}`);
      return result;
    });
  }
  if (surface.complete !== undefined) {
    server.setRequestHandler("completion/complete", async (request, ctx) => {
      const completion = await surface.complete?.(request.params, scope(ctx));
      return { completion: completion ?? { values: [] } };
    });
  }
}

function withProgress(current: Exchange, ctx: ServerContext): void {
  const progressToken = ctx.mcpReq._meta?.progressToken;
  if (progressToken === undefined) return;
  current.scope.progress = (progress, total, message) => {
    // A client that has gone away is noticed by the signal; a lost progress note is no fault.
    void ctx.mcpReq
      .notify({
        method: "notifications/progress",
        params: { progressToken, progress, total, ...(message === undefined ? {} : { message }) },
      })
      .catch(() => undefined);
  };
}
