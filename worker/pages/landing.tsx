/** What this server is and how to connect to it. */
import { TOOLS } from "../../tools/catalog.ts";
import { TOOL_SET_NAMES, TOOL_SET_TEXTS } from "./choice-texts.ts";
import { clientSetups } from "./clients.ts";
import { Layout, PRODUCT } from "./layout.tsx";
import { Snippet } from "./snippet.tsx";

export function LandingPage({ nonce, mcpUrl }: { nonce: string; mcpUrl: string }) {
  return (
    <Layout
      nonce={nonce}
      title={PRODUCT}
      wide
      description="Lets an AI client read and change your ClickUp tasks, docs, comments and time entries over MCP."
    >
      <section class="card">
        <h1>Work with ClickUp from your AI client</h1>
        <p class="lead">
          This server speaks the Model Context Protocol. Connect a client once, sign in with ClickUp, and it
          can find tasks, write docs, answer comments and track time in the Workspaces you choose.
        </p>
        <Snippet id="mcp-url" label="MCP server URL" text={mcpUrl} wrap />
        <div class="actions">
          <a class="button primary" href="#connect">
            Connect a client
          </a>
          <a class="button" href="/account">
            Your account
          </a>
        </div>
      </section>
      <section class="card" aria-labelledby="connect">
        <h2 id="connect">Connect a client</h2>
        <p>
          These clients open a browser for the sign-in by themselves. In Claude, ChatGPT and other apps that
          ask for a connector or server URL, paste the URL above.
        </p>
        {clientSetups(mcpUrl, null).map((setup, i) => (
          <details open={i === 0}>
            <summary>{setup.name}</summary>
            <Snippet id={setup.key} label={setup.where} text={setup.text} />
          </details>
        ))}
      </section>
      <section class="card" aria-labelledby="able">
        <h2 id="able">What it can do</h2>
        <p>
          {TOOLS.length} tools in {TOOL_SET_NAMES.length} sets. You choose the sets a client gets.
        </p>
        <ul class="two">
          {TOOL_SET_NAMES.map((set) => (
            <li>
              <strong>{TOOL_SET_TEXTS[set].name}</strong>
              <span class="note">{TOOL_SET_TEXTS[set].about}</span>
            </li>
          ))}
        </ul>
      </section>
      <section class="card" aria-labelledby="yours">
        <h2 id="yours">You stay in charge</h2>
        <ul>
          <li>
            For each client you choose read-only or read and write, the Workspaces, the tools and how long,
            before ClickUp is asked anything. You can change it later.
          </li>
          <li>Clients get a token of this server. Your ClickUp credentials stay here, encrypted.</li>
          <li>
            Every call is recorded for you to see, with ids and names only. A client you stop is out at once.
          </li>
          <li>What others wrote in ClickUp is marked as untrusted before a model reads it.</li>
        </ul>
      </section>
      <section class="card" aria-labelledby="token">
        <h2 id="token">Your client has no sign-in?</h2>
        <p>
          Get a token that you paste into its configuration. It works for one client, expires by itself, and
          can be revoked.
        </p>
        <p>
          <a class="button primary" href="/auth/login">
            Get a token
          </a>
        </p>
      </section>
    </Layout>
  );
}
