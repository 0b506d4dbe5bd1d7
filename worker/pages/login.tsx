/** Sign-in on our own account: for a token that is pasted into a client, or for the account page. */
import type { Child } from "hono/jsx";
import { AccessChoice, type Access } from "./access-choice.tsx";
import { LIFETIMES, TOKEN_LIFETIMES } from "./choice-texts.ts";
import { Layout } from "./layout.tsx";
import { TokenField } from "./token-form.tsx";

interface WaysProps {
  clickUpSignIn: boolean;
  problem: string | null;
}

/** The two ways to sign in; ClickUp's page first where this server has it. */
function SignInWays({ clickUpSignIn, problem }: WaysProps) {
  return (
    <>
      {clickUpSignIn ? (
        <>
          <div class="actions">
            <button class="primary" name="method" value="clickup" formnovalidate>
              Sign in with ClickUp
            </button>
          </div>
          <hr class="divider" />
          <h2>Or use a personal API token</h2>
        </>
      ) : null}
      <TokenField problem={problem} />
      <div class="actions">
        <button class={clickUpSignIn ? "" : "primary"} name="method" value="token">
          Sign in with this token
        </button>
      </div>
    </>
  );
}

interface LoginProps extends WaysProps {
  nonce: string;
  /** Ties the form to this browser's cookie. */
  state: string;
  chosen: Access;
  standard_hours: number;
}

export function LoginPage({ nonce, state, chosen, standard_hours, ...ways }: LoginProps) {
  return (
    <Page nonce={nonce} title="Get a token">
      <h1>Get a token for your client</h1>
      <p>
        For clients that cannot open a browser to sign in. If yours can, give it the server URL instead: it
        will ask by itself.
      </p>
      <form method="post" action="/auth/login">
        <input type="hidden" name="state" value={state} />
        <AccessChoice legend="What may the token do?" chosen={chosen} />
        <div class="group">
          <label class="field" for="lifetime">
            How long does it work?
          </label>
          <select id="lifetime" name="lifetime">
            <option value="standard">{hours(standard_hours)}</option>
            {TOKEN_LIFETIMES.filter((one) => LIFETIMES[one].seconds !== standard_hours * 3600).map((one) => (
              <option value={one}>{LIFETIMES[one].label}</option>
            ))}
          </select>
        </div>
        <SignInWays {...ways} />
      </form>
    </Page>
  );
}

interface SignInProps extends WaysProps {
  nonce: string;
  state: string;
  /** Page of the account to go on with. */
  next: string;
}

export function SignInPage({ nonce, state, next, ...ways }: SignInProps) {
  return (
    <Page nonce={nonce} title="Sign in">
      <h1>Sign in to your account</h1>
      <p>See what your AI clients did in ClickUp, change what they may do, or stop them.</p>
      <form method="post" action="/auth/login">
        <input type="hidden" name="state" value={state} />
        <input type="hidden" name="purpose" value="account" />
        <input type="hidden" name="next" value={next} />
        <SignInWays {...ways} />
      </form>
    </Page>
  );
}

function Page({ nonce, title, children }: { nonce: string; title: string; children: Child }) {
  return (
    <Layout nonce={nonce} title={title}>
      <div class="card">{children}</div>
    </Layout>
  );
}

function hours(count: number): string {
  if (count % 24 === 0 && count > 24) return `${count / 24} days`;
  return count === 1 ? "1 hour" : `${count} hours`;
}
