import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { throughProvider, url } from "./steps.mjs";

const transportWith = (authProvider) => new StreamableHTTPClientTransport(new URL(url), { authProvider });
const client = () => new Client({ name: "laboratory", version: "1.0.0" });

await throughProvider({
  async signIn(provider, query) {
    const transport = transportWith(provider);
    await client()
      .connect(transport)
      .catch((error) => {
        if (error.constructor.name !== "UnauthorizedError") throw error;
      });
    await transport.finishAuth((await query).get("code"));
  },
  async connect(provider) {
    const connected = client();
    await connected.connect(transportWith(provider));
    return {
      names: async () => (await connected.listTools()).tools.map((tool) => tool.name),
      call: (tool) => connected.callTool(tool),
      close: () => connected.close(),
    };
  },
});
