/** What this server is, whom it is for, how to connect to it, what to ask first, and what it keeps. */
import { TOOLS } from "../../tools/catalog.ts";
import { TOOL_SET_NAMES, TOOL_SET_TEXTS } from "./choice-texts.ts";
import { clientSetups, CONNECTOR_STEPS, installLinks } from "./clients.ts";
import { examplesFor } from "./examples.ts";
import { Layout, PRODUCT } from "./layout.tsx";
import { Snippet } from "./snippet.tsx";

interface LandingProps {
  nonce: string;
  mcpUrl: string;
  /** True where the server runs on this machine: Claude and ChatGPT connect from the internet, and cannot reach it. */
  local: boolean;
}

export function LandingPage({ nonce, mcpUrl, local }: LandingProps) {
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
          Ask Claude, ChatGPT, Cursor or VS Code about your work, and let it do the typing: find tasks, write
          docs, answer comments, track time. For everybody who works in ClickUp and would rather say what they
          want than click for it. You sign in with ClickUp once; there is nothing to install.
        </p>
        <Snippet id="mcp-url" label="MCP server URL" text={mcpUrl} wrap />
        <div class="actions">
          {installLinks(mcpUrl).map(({ name, href }, i) => (
            <a class={i === 0 ? "button primary" : "button"} href={href}>
              Add to {name}
            </a>
          ))}
          <a class="button" href="#connect">
            Claude, ChatGPT and others
          </a>
        </div>
      </section>
      <section class="card" aria-labelledby="ask">
        <h2 id="ask">Three things to ask first</h2>
        <p>They work on the free plan.</p>
        {examplesFor("free").map(({ ask }, i) => (
          <Snippet id={`example-${i + 1}`} label={`Example ${i + 1}`} text={ask} wrap />
        ))}
      </section>
      <section class="card" aria-labelledby="connect">
        <h2 id="connect">Connect a client</h2>
        <p>Each opens a page of this server for the sign-in by itself. You need no token and no key.</p>
        {CONNECTOR_STEPS.map(({ key, name, steps }, i) => (
          <details open={i === 0} id={key}>
            <summary>{name}</summary>
            {local ? (
              <p class="note">
                Only with a server on the internet: this one runs on your own machine, and cannot be reached
                from there.
              </p>
            ) : null}
            <ol>
              {steps.map((step) => (
                <li>{step}</li>
              ))}
            </ol>
          </details>
        ))}
        {clientSetups(mcpUrl, null).map((setup) => (
          <details>
            <summary>{setup.name}</summary>
            <Snippet id={setup.key} label={setup.where} about={setup.name} text={setup.text} />
          </details>
        ))}
        <details id="token">
          <summary>A client or script without a sign-in</summary>
          <p>
            Get a token that you paste into its configuration. It works for one client, expires by itself, and
            can be revoked.
          </p>
          <p>
            <a class="button" href="/auth/login">
              Get a token
            </a>
          </p>
        </details>
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
            before ClickUp is asked anything. You can change it later, and a client you stop is out at once.
          </li>
          <li>Clients get a token of this server. Your ClickUp credentials stay here, encrypted.</li>
          <li>What others wrote in ClickUp is marked as untrusted before a model reads it.</li>
        </ul>
      </section>
      <section class="card" aria-labelledby="kept">
        <h2 id="kept">What is kept, and for how long</h2>
        <table>
          <thead>
            <tr>
              <th scope="col">What</th>
              <th scope="col">How long</th>
            </tr>
          </thead>
          <tbody>
            {KEPT.map(([what, long]) => (
              <tr>
                <td>{what}</td>
                <td>{long}</td>
              </tr>
            ))}
          </tbody>
        </table>
        <p class="note after">
          The text of your tasks, comments and docs passes through: it is in none of this but the copies and
          answers named here, and never in the record of requests. You can download everything kept about you,
          and delete it, in the <a href="/account/settings">settings</a> of your account.
        </p>
      </section>
    </Layout>
  );
}

/** In a person's words; docs/storage.md has every place. */
const KEPT: readonly [what: string, long: string][] = [
  ["Who you are in ClickUp: name, e-mail, time zone, Workspaces", "Until you delete your data"],
  ["Your ClickUp credential, encrypted", "Until you remove it or delete your data"],
  ["What each client may do", "As long as it is connected, and 90 days after it ended"],
  [
    "Every request: when, which client and tool, ids, how it ended",
    "Until you delete your data, and 400 days unless the operator of this server chose otherwise",
  ],
  ["Copies of what was just read in ClickUp, such as names of lists and people", "10 minutes at most"],
  ["What a request that creates something was answered, so that a repeat makes no second", "24 hours"],
  ["What a long call was answered, for the client to fetch", "1 hour"],
  [
    "The newest messages of an open session, so that a broken connection goes on where it was",
    "Until the session ends: 7 days after its last use",
  ],
  ["The browser you are signed in with", "7 days"],
];
