import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { throughProvider, url } from "./steps.mjs";

const transportWith = (authProvider) => new StreamableHTTPClientTransport(new URL(url), { authProvider });
const client = () =>
  new Client({ name: "laboratory", version: "1.0.0" }, { versionNegotiation: { mode: "auto" } });

await throughProvider({
  async signIn(provider, query) {
    const transport = transportWith(provider);
    await client()
      .connect(transport)
      .catch((error) => {
        if (!/unauthorized/i.test(`${error.name} ${error.constructor.name} ${error.message}`)) throw error;
      });
    const answer = await query;
    // Later versions take the whole answer, to look at `iss` (RFC 9207).
    await transport.finishAuth(answer.get("code"), answer.get("iss") ?? undefined);
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
