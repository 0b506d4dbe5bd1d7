/** Protocol 2026-07-28: stateless, one request one answer. The SDK checks envelope, headers and capabilities. */
import { createMcpHandler, McpServer, type McpHttpHandler, type Server } from "@modelcontextprotocol/server";
import type { Exchange } from "./exchange.ts";
import { buildServer } from "./server.ts";
import type { PreparedTools, Surface } from "./surface.ts";
import type { LongCalls } from "./long-calls.ts";

export class ModernLane {
  readonly #handler: McpHttpHandler;

  constructor(surface: Surface, longCalls: LongCalls, report: (error: Error) => void) {
    this.#handler = createMcpHandler(
      (ctx) => {
        const exchange = ctx.authInfo?.extra?.["exchange"] as Exchange | undefined;
        const server = buildServer(surface, () => exchange, { longCalls });
        const listed = exchange === undefined ? undefined : surface.tools(exchange.scope);
        return listed !== undefined && declaresHeaders(listed)
          ? new HeaderCheckedServer(server, listed)
          : server;
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
    if (exchange !== undefined && !exchange.detached) {
      // A handler ends its own exchange. What is answered as JSON is over in any case: methods of the SDK itself
      // (server/discover), and refusals before a handler ran.
      const streams = response.headers.get("content-type")?.startsWith("text/event-stream") === true;
      if (response.status !== 200) exchange.end(0, "protocol_error");
      else if (!streams) exchange.end(0);
    }
    return response;
  }
}

/** The SDK compares `Mcp-Param-*` headers with the arguments (SEP-2243) for servers that know their tools' schemas. */
class HeaderCheckedServer extends McpServer {
  override readonly server: Server;
  readonly #listed: PreparedTools;

  constructor(server: Server, listed: PreparedTools) {
    super({ name: "", version: "" });
    this.server = server;
    this.#listed = listed;
  }

  override toolInputSchemaJson(name: string): Record<string, unknown> | undefined {
    return this.#listed.tools.find((tool) => tool.name === name)?.inputSchema;
  }
}

const declaring = new WeakMap<PreparedTools, boolean>();

/** Whether a tool of the list mirrors an argument into a header; looked at once per list. */
function declaresHeaders(listed: PreparedTools): boolean {
  const known = declaring.get(listed) ?? listed.json.includes('"x-mcp-header"');
  declaring.set(listed, known);
  return known;
}
