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

export interface InstallLink {
  name: string;
  /** Opens the application on this machine, which asks before it adds the server. */
  href: string;
}

/**
 * One-click links, in the formats the two applications document (cursor.com/docs/mcp/install-links; the MCP section
 * of VS Code's API guide). They go to the application itself, past any page of its maker.
 */
export function installLinks(mcpUrl: string): InstallLink[] {
  const cursor = new URLSearchParams({ name: "clickup", config: btoa(JSON.stringify({ url: mcpUrl })) });
  const vsCode = encodeURIComponent(JSON.stringify({ name: "clickup", type: "http", url: mcpUrl }));
  return [
    { name: "Cursor", href: `cursor://anysphere.cursor-deeplink/mcp/install?${cursor.toString()}` },
    { name: "VS Code", href: `vscode:mcp/install?${vsCode}` },
  ];
}

/** What to do in applications without a file to edit. */
export const CONNECTOR_STEPS: readonly { key: string; name: string; steps: readonly string[] }[] = [
  {
    key: "claude",
    name: "Claude (web, desktop and phone)",
    steps: [
      "On claude.ai or in the desktop app open Settings, then Connectors.",
      "Choose Add custom connector, name it ClickUp, paste the server URL, and choose Add.",
      "Choose Connect. A page of this server opens: choose what Claude may do, then sign in with ClickUp.",
      "In a chat, switch ClickUp on under the plus sign. In the phone app it is there after you connected it once.",
    ],
  },
  {
    key: "chatgpt",
    name: "ChatGPT",
    steps: [
      "On chatgpt.com open Settings, then Apps & Connectors, then Advanced settings, and switch Developer mode on. In a company's workspace an admin allows it first.",
      "Back in Apps & Connectors choose Create. Name it ClickUp, paste the server URL, and choose OAuth.",
      "Choose Create. A page of this server opens: choose what ChatGPT may do, then sign in with ClickUp.",
      "In a chat, choose ClickUp under the plus sign.",
    ],
  },
];

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
