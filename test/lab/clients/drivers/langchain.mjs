import { MultiServerMCPClient } from "@langchain/mcp-adapters";
import { auth } from "@modelcontextprotocol/sdk/client/auth.js";
import { byAuth, throughProvider, url } from "./steps.mjs";

await throughProvider({
  signIn: (provider, query) => byAuth(auth, provider, query),
  async connect(authProvider) {
    const client = new MultiServerMCPClient({
      mcpServers: { clickup: { transport: "http", url, authProvider } },
    });
    const tools = await client.getTools();
    return {
      names: async () => tools.map((tool) => tool.name),
      call: ({ name, arguments: args }) => tools.find((tool) => tool.name === name).invoke(args),
      close: () => client.close(),
    };
  },
});
