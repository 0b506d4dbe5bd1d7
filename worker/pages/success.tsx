/** Shows a fresh token once, with ready configurations. The token is in the page only, never in a URL. */
import { clientSetups, curlSetup } from "./clients.ts";
import { shownZone, wallTime } from "./time.tsx";
import { Layout } from "./layout.tsx";
import { CopyButton, Snippet } from "./snippet.tsx";

interface SuccessProps {
  nonce: string;
  title: string;
  token: string;
  mcpUrl: string;
  access: "read" | "write";
  expires_ms: number;
  /** IANA name of the person's zone. */
  timeZone: string;
}

export function SuccessPage({ nonce, title, token, mcpUrl, access, expires_ms, timeZone }: SuccessProps) {
  return (
    <Layout nonce={nonce} title="Your token" wide>
      <section class="card">
        <h1>{title}</h1>
        <p class="lead">Copy the token into your client now: this page does not show it again.</p>
        <dl>
          <dt>MCP server URL</dt>
          <dd>
            <code id="mcp-url">{mcpUrl}</code>
          </dd>
          <dt>Access</dt>
          <dd>{access === "write" ? "Read and write" : "Read only"}</dd>
          <dt>Works until</dt>
          <dd>
            <time datetime={new Date(expires_ms).toISOString()}>
              {wallTime(expires_ms, timeZone)} ({shownZone(timeZone)})
            </time>
          </dd>
        </dl>
        <div class="snippet-head">
          <h2>Token</h2>
          <CopyButton of="token" label="the token" />
        </div>
        <details>
          <summary>Show the token</summary>
          <textarea id="token" readonly aria-label="Token" spellcheck={false} autocomplete="off">
            {token}
          </textarea>
        </details>
        <div class="alert">
          <p>
            Whoever has this token can use your ClickUp. Keep it out of shared files, screenshots and chats.
            You can change or stop it on <a href="/account">your account page</a>.
          </p>
        </div>
      </section>
      <section class="card" aria-labelledby="setups">
        <h2 id="setups">Ready to paste</h2>
        <p class="note">Each one contains the token.</p>
        {[...clientSetups(mcpUrl, token), curlSetup(mcpUrl, token)].map((setup) => (
          <details>
            <summary>{setup.name}</summary>
            <Snippet id={`setup-${setup.key}`} label={setup.where} about={setup.name} text={setup.text} />
          </details>
        ))}
      </section>
    </Layout>
  );
}
