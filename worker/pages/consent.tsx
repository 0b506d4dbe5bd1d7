/** Whether a client may act for the person. Every string of `client` was chosen by the client. */
import type { Grant, Workspace } from "../../tools/define.ts";
import type { Access } from "./access-choice.tsx";
import { GrantChoices, LifetimeChoice } from "./choices.tsx";
import { LIFETIMES, type Lifetime } from "./choice-texts.ts";
import { Layout } from "./layout.tsx";
import { displayName } from "./text.ts";

interface ConsentClient {
  name: string;
  /** Domain the client proved to control, or `null` when its name is only a claim. */
  domain: string | null;
  redirectHost: string;
  redirectIsLoopback: boolean;
}

/** The person, where this browser is signed in here. */
export interface ConsentPerson {
  userId: string;
  username: string;
  workspaces: Workspace[];
  /** False when ClickUp has to be connected again first. */
  connected: boolean;
  /** What this application may do now, if anything. */
  now: { grant: Grant; lifetime: Lifetime } | null;
}

interface ConsentProps {
  nonce: string;
  client: ConsentClient;
  handle: string;
  chosen: Access | null;
  person: ConsentPerson | null;
  /** False where this server has no ClickUp OAuth app: only a personal token works. */
  clickUpSignIn: boolean;
  idle_days: number;
}

export function ConsentPage(props: ConsentProps) {
  const { nonce, client, handle, chosen, person, clickUpSignIn, idle_days } = props;
  const name = displayName(client.name);
  const now = person?.now ?? null;
  const quick = person !== null && person.connected;
  return (
    <Layout nonce={nonce} title={`Connect ${name}`}>
      <div class="card">
        <h1>
          Let <bdi>{name}</bdi> use your ClickUp?
        </h1>
        <ClientFacts client={client} name={name} />
        <form method="post" action="/authorize">
          <input type="hidden" name="handle" value={handle} />
          {person ? <input type="hidden" name="for_user" value={person.userId} /> : null}
          <GrantChoices
            legend="What may it do?"
            access={chosen}
            grant={now?.grant ?? { toolSets: null, workspaces: null }}
            workspaces={person?.workspaces ?? null}
          />
          <LifetimeChoice
            legend="For how long?"
            options={Object.keys(LIFETIMES) as Lifetime[]}
            chosen={now?.lifetime ?? "until"}
          />
          <p class="note">
            You can change all of this, or stop it, on your account page. It also ends {idle_days} days after
            it was last used. It never sees your ClickUp password or token.
            {person ? null : " If you are in several Workspaces, you choose among them after signing in."}
          </p>
          {quick && !client.redirectIsLoopback ? (
            <label class="tick">
              <input type="checkbox" name="remember" value="yes" />
              Do not ask again in this browser while it is connected and asks for nothing more
            </label>
          ) : null}
          <div class="actions">
            {quick ? (
              <button class="primary" name="decision" value="account">
                Continue as {person.username}
              </button>
            ) : null}
            {clickUpSignIn ? (
              <button class={quick ? "" : "primary"} name="decision" value="clickup">
                {quick ? "Use another ClickUp account" : "Continue with ClickUp"}
              </button>
            ) : null}
            <button class={quick || clickUpSignIn ? "" : "primary"} name="decision" value="token">
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

function ClientFacts({ client, name }: { client: ConsentClient; name: string }) {
  return (
    <>
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
    </>
  );
}
