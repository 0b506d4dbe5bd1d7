/** What to paste into each MCP client: with a token for clients without OAuth, without one for the rest. */

export interface ClientSetup {
  /** For element ids. */
  key: string;
  name: string;
  /** Where the text goes, or what to do with it. */
  where: string;
  text: string;
}

const json = (value: unknown) => JSON.stringify(value, null, 2);

/**
 * Set-ups for the common clients.
 * @param mcpUrl the `/mcp` endpoint.
 * @param token a bearer token, or `null` where the client signs in by OAuth.
 */
export function clientSetups(mcpUrl: string, token: string | null): ClientSetup[] {
  const headers = token === null ? {} : { headers: { Authorization: `Bearer ${token}` } };
  const flag = token === null ? "" : ` \\\n  --header "Authorization: Bearer ${token}"`;
  return [
    {
      key: "claude-code",
      name: "Claude Code",
      where: "Run in a terminal",
      text: `claude mcp add --transport http clickup ${mcpUrl}${flag}`,
    },
    {
      key: "cursor",
      name: "Cursor",
      where: "~/.cursor/mcp.json",
      text: json({ mcpServers: { clickup: { url: mcpUrl, ...headers } } }),
    },
    {
      key: "vs-code",
      name: "VS Code",
      where: ".vscode/mcp.json",
      text: json({ servers: { clickup: { type: "http", url: mcpUrl, ...headers } } }),
    },
    {
      key: "codex",
      name: "Codex",
      where: "~/.codex/config.toml",
      text: [
        "[mcp_servers.clickup]",
        `url = "${mcpUrl}"`,
        ...(token === null ? [] : [`http_headers = { Authorization = "Bearer ${token}" }`]),
      ].join("\n"),
    },
    {
      key: "gemini",
      name: "Gemini CLI",
      where: "~/.gemini/settings.json",
      text: json({ mcpServers: { clickup: { httpUrl: mcpUrl, ...headers } } }),
    },
    {
      key: "windsurf",
      name: "Windsurf",
      where: "~/.codeium/windsurf/mcp_config.json",
      text: json({ mcpServers: { clickup: { serverUrl: mcpUrl, ...headers } } }),
    },
  ];
}

/** A first call from a shell, to see that the token works. */
export function curlSetup(mcpUrl: string, token: string): ClientSetup {
  return {
    key: "curl",
    name: "curl",
    where: "Run in a terminal",
    text: [
      `curl ${mcpUrl} \\`,
      `  -H "Authorization: Bearer ${token}" \\`,
      `  -H "Content-Type: application/json" \\`,
      `  -d '{"jsonrpc":"2.0","id":1,"method":"tools/list"}'`,
    ].join("\n"),
  };
}
