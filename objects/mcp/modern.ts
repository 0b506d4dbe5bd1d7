/** Protocol 2026-07-28: stateless, one request one answer. The SDK checks envelope, headers and capabilities. */
import { createMcpHandler, type JSONRPCRequest, type McpHttpHandler } from "@modelcontextprotocol/server";
import type { Exchange } from "./exchange.ts";
import { buildServer } from "./server.ts";
import type { Surface } from "./surface.ts";

export class ModernLane {
  readonly #handler: McpHttpHandler;

  constructor(surface: Surface, report: (error: Error) => void) {
    this.#handler = createMcpHandler(
      (ctx) => {
        const exchange = ctx.authInfo?.extra?.["exchange"] as Exchange | undefined;
        return buildServer(surface, () => exchange);
      },
      { legacy: "reject", onerror: report },
    );
  }

  /** @param exchange the admitted request; undefined for a notification */
  async serve(request: Request, body: unknown, exchange: Exchange | undefined): Promise<Response> {
    const response = await this.#handler.fetch(request, {
      parsedBody: body,
      // The SDK passes this through to the factory; the bearer itself never reaches the object.
      authInfo: { token: "", clientId: "", scopes: [], extra: { exchange } },
    });
    if (exchange !== undefined) {
      // Methods of the SDK itself (server/discover) and its refusals end here; the others have ended.
      if (response.status !== 200) exchange.end(0, "protocol_error");
      else if (!isToolMethod((body as JSONRPCRequest).method)) exchange.end(0);
    }
    return response;
  }
}

/** Methods that end their exchange themselves, possibly long after the response has begun to stream. */
function isToolMethod(method: string): boolean {
  return method === "tools/call" || method === "tools/list";
}
