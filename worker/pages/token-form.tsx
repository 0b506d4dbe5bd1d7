/** Asks for a ClickUp personal token, on our own page, for a sign-in that is already under way. */
import { Layout } from "./layout.tsx";
import { displayName } from "./text.ts";

interface TokenFieldProps {
  /** Why the last try failed, in our own words. */
  problem: string | null;
}

/** The field itself, also part of the sign-in page. */
export function TokenField({ problem }: TokenFieldProps) {
  return (
    <>
      {problem ? (
        <div class="alert bad" role="alert" id="problem">
          <p>{problem}</p>
        </div>
      ) : null}
      <label class="field" for="api_key">
        ClickUp personal API token
      </label>
      <input
        type="password"
        id="api_key"
        name="api_key"
        required
        autocomplete="off"
        spellcheck={false}
        placeholder="pk_…"
        aria-describedby={problem ? "problem api_key_help" : "api_key_help"}
        aria-invalid={problem ? "true" : undefined}
      />
      <p class="note" id="api_key_help">
        In ClickUp: your avatar, Settings, ClickUp API, then Generate. It starts with <code>pk_</code>. We
        check it with ClickUp and keep it encrypted.
      </p>
    </>
  );
}

interface TokenFormProps {
  nonce: string;
  /** The waiting sign-in; bound to this browser by a cookie. */
  action: string;
  clientName: string;
  problem: string | null;
}

export function TokenFormPage({ nonce, action, clientName, problem }: TokenFormProps) {
  const name = displayName(clientName);
  return (
    <Layout nonce={nonce} title="Personal API token">
      <div class="card">
        <h1>Sign in with a personal token</h1>
        <p>
          To connect <bdi>{name}</bdi>, tell this server who you are in ClickUp. <bdi>{name}</bdi> does not
          get to see this token.
        </p>
        <form method="post" action={action}>
          <TokenField problem={problem} />
          <div class="actions">
            <button class="primary">Connect</button>
            <button class="quiet" name="decision" value="deny" formnovalidate>
              Cancel
            </button>
          </div>
        </form>
      </div>
    </Layout>
  );
}
