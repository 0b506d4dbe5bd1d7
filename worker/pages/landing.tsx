/** What this server is and how to connect to it. */
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
        <ul>
          <li>You choose read-only or read and write for each client, before ClickUp is asked anything.</li>
          <li>Clients get a token of this server. Your ClickUp credentials stay here, encrypted.</li>
          <li>Every call is recorded, and a client that was signed out stops working at once.</li>
        </ul>
      </section>
      <section class="card" aria-labelledby="connect">
        <h2 id="connect">Connect a client</h2>
        <p>
          These clients open a browser for the sign-in by themselves. In Claude, ChatGPT and other apps that
          ask for a connector or server URL, paste the URL above.
        </p>
        {clientSetups(mcpUrl, null).map((setup) => (
          <div>
            <h3>{setup.name}</h3>
            <Snippet id={setup.key} label={setup.where} text={setup.text} />
          </div>
        ))}
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
