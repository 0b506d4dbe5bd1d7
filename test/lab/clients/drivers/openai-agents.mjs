import { MCPServerStreamableHttp } from "@openai/agents";
import { auth } from "@modelcontextprotocol/client";
import { byAuth, throughProvider, url } from "./steps.mjs";

await throughProvider({
  signIn: (provider, query) => byAuth(auth, provider, query),
  async connect(authProvider) {
    const server = new MCPServerStreamableHttp({ url, name: "clickup", authProvider });
    await server.connect();
    return {
      names: async () => (await server.listTools()).map((tool) => tool.name),
      call: ({ name, arguments: args }) => server.callTool(name, args),
      close: () => server.close(),
    };
  },
});
