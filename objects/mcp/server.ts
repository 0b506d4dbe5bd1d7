/** The SDK's low-level server over a surface. Cheap to build: no tool is registered, lists are prepared. */
import { ProtocolError, Server, type RequestId, type ServerContext } from "@modelcontextprotocol/server";
import { runCall, runList } from "./methods.ts";
import { RPC } from "./responses.ts";
import type { Exchange } from "./exchange.ts";
import type { Surface } from "./surface.ts";

/**
 * @param exchangeOf the admitted message a handler runs for
 */
export function buildServer(surface: Surface, exchangeOf: (id: RequestId) => Exchange | undefined): Server {
  const hint = { ttlMs: surface.listTtl_ms, cacheScope: "private" as const };
  const server = new Server(surface.info, {
    capabilities: surface.capabilities,
    instructions: surface.instructions,
    cacheHints: { "tools/list": hint, "server/discover": hint },
  });
  const exchange = (ctx: ServerContext): Exchange => {
    const found = exchangeOf(ctx.mcpReq.id);
    if (found === undefined) throw new ProtocolError(RPC.internal, "The request was not admitted.");
    return found;
  };
  server.setRequestHandler("tools/list", (request, ctx) => {
    const current = exchange(ctx);
    return runList(surface, request.params, current);
  });
  server.setRequestHandler("tools/call", async (request, ctx) => {
    const current = exchange(ctx);
    const progressToken = ctx.mcpReq._meta?.progressToken;
    if (progressToken !== undefined) {
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
    ctx.mcpReq.signal.addEventListener("abort", () => current.cancel(), { once: true });
    return runCall(surface, request.params, current);
  });
  return server;
}
