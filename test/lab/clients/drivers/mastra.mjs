import { MCPClient } from "@mastra/mcp";
import { auth } from "@modelcontextprotocol/client";
import { byAuth, throughProvider, url } from "./steps.mjs";

let made = 0;

await throughProvider({
  signIn: (provider, query) => byAuth(auth, provider, query),
  async connect(authProvider) {
    const client = new MCPClient({
      id: `laboratory-${made++}`,
      servers: { clickup: { url: new URL(url), authProvider } },
    });
    const tools = await client.listTools();
    return {
      names: async () => Object.keys(tools).map((name) => name.replace(/^clickup_/, "")),
      call: ({ name, arguments: args }) => tools[`clickup_${name}`].execute(args, {}),
      close: () => client.disconnect(),
    };
  },
});
