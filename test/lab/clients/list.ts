/** The clients the laboratory drives: what is installed for each, and what npm's package can be driven to do. */

export interface LabClient {
  name: string;
  /** As the table says it. */
  title: string;
  /** Exact versions, so that a run says the same tomorrow; raise them and look at the table. */
  packages: Readonly<Record<string, string>>;
  /** The file under `drivers/`. */
  driver: string;
  /** Its program is put in place by a script of its package. */
  scripts?: true;
  /** In the list of CI: small, and of the kinds that differ most. */
  short?: true;
}

const sdkV1 = (version: string, extra: Pick<LabClient, "short"> = {}): LabClient => ({
  name: `sdk-${version}`,
  title: "MCP TypeScript SDK v1",
  packages: { "@modelcontextprotocol/sdk": version },
  driver: "sdk-v1",
  ...extra,
});

const sdkV2 = (version: string, extra: Pick<LabClient, "short"> = {}): LabClient => ({
  name: `client-${version}`,
  title: "MCP TypeScript SDK v2",
  packages: { "@modelcontextprotocol/client": version },
  driver: "sdk-v2",
  ...extra,
});

export const CLIENTS: readonly LabClient[] = [
  {
    name: "gemini-cli",
    title: "Gemini CLI",
    packages: { "@google/gemini-cli-core": "0.61.0" },
    driver: "gemini",
  },
  { name: "codex", title: "Codex", packages: { "@openai/codex": "0.171.0" }, driver: "codex" },
  {
    name: "claude-code",
    title: "Claude Code",
    packages: { "@anthropic-ai/claude-code": "2.1.332" },
    driver: "claude-code",
    scripts: true,
  },
  {
    name: "mcp-remote",
    title: "mcp-remote",
    packages: { "mcp-remote": "0.15.1" },
    driver: "mcp-remote",
    short: true,
  },
  { name: "mcporter", title: "mcporter", packages: { mcporter: "0.12.3" }, driver: "mcporter" },
  {
    name: "inspector",
    title: "MCP Inspector (command line)",
    packages: { "@modelcontextprotocol/inspector": "2.12.0" },
    driver: "inspector",
  },
  {
    name: "ai-sdk",
    title: "Vercel AI SDK",
    packages: { "@ai-sdk/mcp": "2.0.99" },
    driver: "ai-sdk",
    short: true,
  },
  {
    name: "langchain",
    title: "LangChain adapters",
    packages: { "@langchain/mcp-adapters": "1.1.4", "@langchain/core": "1.4.0" },
    driver: "langchain",
  },
  {
    name: "openai-agents",
    title: "OpenAI Agents SDK",
    packages: { "@openai/agents": "0.20.0", zod: "4.6.7" },
    driver: "openai-agents",
  },
  {
    name: "mastra",
    title: "Mastra",
    packages: { "@mastra/mcp": "2.0.0", zod: "4.6.7" },
    driver: "mastra",
  },
  sdkV2("2.4.0", { short: true }),
  sdkV2("2.0.0"),
  sdkV1("1.32.2", { short: true }),
  sdkV1("1.26.0"),
  sdkV1("1.20.2"),
  sdkV1("1.13.3"),
];
