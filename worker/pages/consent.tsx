/** Whether a client may act for the person. Every string of `client` was chosen by the client. */
import { AccessChoice, type Access } from "./access-choice.tsx";
import { Layout } from "./layout.tsx";
import { displayName } from "./text.ts";

export interface ConsentClient {
  name: string;
  /** Domain the client proved to control, or `null` when its name is only a claim. */
  domain: string | null;
  redirectHost: string;
  redirectIsLoopback: boolean;
}

interface ConsentProps {
  nonce: string;
  client: ConsentClient;
  handle: string;
  chosen: Access | null;
  /** False where this server has no ClickUp OAuth app: only a personal token works. */
  clickUpSignIn: boolean;
  lifetime_days: number;
}

export function ConsentPage({ nonce, client, handle, chosen, clickUpSignIn, lifetime_days }: ConsentProps) {
  const name = displayName(client.name);
  return (
    <Layout nonce={nonce} title={`Connect ${name}`}>
      <div class="card">
        <h1>
          Let <bdi>{name}</bdi> use your ClickUp?
        </h1>
        <dl>
          <dt>Application</dt>
          <dd>
            <bdi>{name}</bdi>
          </dd>
          <dt>Publisher</dt>
          <dd>
            {client.domain ? (
              <strong>{client.domain}</strong>
            ) : (
              "Name not verified: the application named itself"
            )}
          </dd>
          <dt>Sends you back to</dt>
          <dd>
            <strong>{client.redirectHost}</strong>
          </dd>
        </dl>
        {client.redirectIsLoopback ? (
          <div class="alert">
            <p>
              <strong>Access goes to a program on this computer.</strong> Continue only if you just started
              connecting <bdi>{name}</bdi> yourself.
            </p>
          </div>
        ) : null}
        <form method="post" action="/authorize">
          <input type="hidden" name="handle" value={handle} />
          <AccessChoice legend="What may it do?" chosen={chosen} />
          <p class="note">
            Access ends when you sign this application out, or {lifetime_days} days after it was last used. It
            never sees your ClickUp password or token.
          </p>
          <div class="actions">
            {clickUpSignIn ? (
              <button class="primary" name="decision" value="clickup">
                Continue with ClickUp
              </button>
            ) : null}
            <button class={clickUpSignIn ? "" : "primary"} name="decision" value="token">
              Use a personal API token
            </button>
            <button class="quiet" name="decision" value="deny" formnovalidate>
              Cancel
            </button>
          </div>
        </form>
      </div>
    </Layout>
  );
}
