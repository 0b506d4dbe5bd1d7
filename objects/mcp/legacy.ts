/**
 * The 2025 revisions without a session: each POST is answered by itself, with JSON. `tools/call` is dispatched
 * directly (a bare curl call needs no handshake and no Accept header); what is not, and not answered before
 * (`tools/list`), goes through the SDK's server.
 */
import { ProtocolError, type JSONRPCRequest } from "@modelcontextprotocol/server";
import type { Exchange } from "./exchange.ts";
import { OneShotTransport } from "./one-shot.ts";
import { RPC, rpcError } from "./responses.ts";
import { runCallJson } from "./methods.ts";
import { buildServer } from "./server.ts";
import type { Surface } from "./surface.ts";

/** @returns the JSON of the JSON-RPC response */
export async function answerLegacy(
  surface: Surface,
  message: JSONRPCRequest,
  exchange: Exchange,
): Promise<string> {
  try {
    switch (message.method) {
      case "tools/call":
        return response(message, await runCallJson(surface, message.params, exchange));
      default: {
        const transport = new OneShotTransport();
        const server = buildServer(surface, () => exchange);
        await server.connect(transport);
        const answer = JSON.stringify(await transport.ask(message));
        await server.close();
        exchange.end(answer.length, answer.includes('"error":') ? "protocol_error" : "ok");
        return answer;
      }
    }
  } catch (error) {
    if (error instanceof ProtocolError) {
      exchange.end(0, "protocol_error");
      return JSON.stringify(rpcError(message.id, error.code, error.message, error.data));
    }
    const incident = exchange.fault(error);
    return JSON.stringify(
      rpcError(message.id, RPC.internal, `Something went wrong on our side. Incident ${incident}.`),
    );
  }
}

function response(message: JSONRPCRequest, result: string): string {
  return `{"jsonrpc":"2.0","id":${JSON.stringify(message.id)},"result":${result}}`;
}
