/** Peer: the SDK's `createMcpHandler`, a server per request with the same tools registered, as its examples do. */
import { createMcpHandler, McpServer } from "@modelcontextprotocol/server";
import { TOOLS } from "../../../../tools/catalog.ts";
import { runTool } from "./tool-run.ts";

const handler = createMcpHandler(
  () => {
    const server = new McpServer({ name: "bench", version: "1.0.0" });
    for (const tool of TOOLS) {
      const { title, description, input: inputSchema, output: outputSchema } = tool;
      server.registerTool(
        tool.name,
        { title, description, inputSchema, outputSchema },
        async (args: unknown) => (await runTool(tool, args)).result as never,
      );
    }
    return server;
  },
  { legacy: "stateless", responseMode: "json" } as never,
);

export default { fetch: (request) => handler.fetch(request) } satisfies ExportedHandler;
