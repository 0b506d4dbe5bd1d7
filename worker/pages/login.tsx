/** Sign-in for people whose client has no OAuth: ends on a page with a token. */
import { AccessChoice, type Access } from "./access-choice.tsx";
import { Layout } from "./layout.tsx";
import { TokenField } from "./token-form.tsx";

interface LoginProps {
  nonce: string;
  /** Ties the form to this browser's cookie. */
  state: string;
  chosen: Access;
  clickUpSignIn: boolean;
  problem: string | null;
  lifetime_hours: number;
}

export function LoginPage({ nonce, state, chosen, clickUpSignIn, problem, lifetime_hours }: LoginProps) {
  return (
    <Layout nonce={nonce} title="Get a token">
      <div class="card">
        <h1>Get a token for your client</h1>
        <p>
          For clients that cannot open a browser to sign in. If yours can, give it the server URL instead: it
          will ask by itself. The token works for {hours(lifetime_hours)}.
        </p>
        <form method="post" action="/auth/login">
          <input type="hidden" name="state" value={state} />
          <AccessChoice legend="What may the token do?" chosen={chosen} />
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
        </form>
      </div>
    </Layout>
  );
}

function hours(count: number): string {
  if (count % 24 === 0 && count > 24) return `${count / 24} days`;
  return count === 1 ? "1 hour" : `${count} hours`;
}
