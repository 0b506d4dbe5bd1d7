/** Gemini CLI's own OAuth and transport; the commands around them need Google's models. */
import { coreEvents, MCPOAuthProvider, MCPOAuthTokenStorage } from "@google/gemini-cli-core";
import { createTransport } from "@google/gemini-cli-core/dist/src/tools/mcp-client.js";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { answers, checkRead, checkTools, checkWrite, done, must, READ, SPACE, url, WRITE } from "./steps.mjs";

const NAME = "clickup";
coreEvents.on("consent-request", ({ onConfirm }) => onConfirm(true));
Object.defineProperty(process.stdin, "isTTY", { value: true });
Object.defineProperty(process.stdout, "isTTY", { value: true });

const storage = new MCPOAuthTokenStorage();
const provider = new MCPOAuthProvider(storage);
const token = await provider.authenticate(NAME, { enabled: true }, url);
must(token.refreshToken, "no refresh token");
done("sign-in");

async function connect() {
  const client = new Client({ name: "gemini-cli-mcp-client", version: "0.61.0" });
  const config = { httpUrl: url, oauth: { enabled: true } };
  const surroundings = {
    sanitizationConfig: {},
    emitMcpDiagnostic() {},
    setUserInteractedWithMcp() {},
    isTrustedFolder: () => true,
  };
  await client.connect(await createTransport(NAME, config, false, surroundings));
  return client;
}

const client = await connect();
checkTools((await client.listTools()).tools.map((tool) => tool.name));
checkRead(await client.callTool(READ));
checkWrite(await client.callTool(WRITE));
await client.close();

const { token: saved, clientId, tokenUrl, mcpServerUrl } = await storage.getCredentials(NAME);
await storage.saveToken(NAME, { ...saved, expiresAt: Date.now() - 1000 }, clientId, tokenUrl, mcpServerUrl);
const again = await connect();
answers(await again.callTool(READ), SPACE);
const { token: renewed } = await storage.getCredentials(NAME);
must(renewed.accessToken !== saved.accessToken, "the token was not renewed");
done("refresh");
process.exit(0);
