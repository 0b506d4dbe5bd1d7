import { auth, createMCPClient } from "@ai-sdk/mcp";
import { byAuth, throughProvider, url } from "./steps.mjs";

await throughProvider({
  signIn: (provider, query) => byAuth(auth, provider, query),
  async connect(authProvider) {
    const client = await createMCPClient({ transport: { type: "http", url, authProvider } });
    const tools = await client.tools();
    return {
      names: async () => Object.keys(tools),
      call: (tool) => tools[tool.name].execute(tool.arguments, { toolCallId: "1", messages: [] }),
      close: () => client.close(),
    };
  },
});
