/** Peer: `McpAgent` of the agents package as its documentation shows it: one tool, no authentication, no record. */
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { McpAgent } from "agents/mcp";
import { z } from "zod";

export class BenchAgent extends McpAgent {
  override server = new McpServer({ name: "bench", version: "1.0.0" }) as never;

  override async init(): Promise<void> {
    (this.server as unknown as McpServer).registerTool(
      "echo",
      { description: "Says it again", inputSchema: { text: z.string() } },
      ({ text }) => ({ content: [{ type: "text" as const, text }] }),
    );
  }
}

export default BenchAgent.serve("/mcp", { binding: "AGENT" });
