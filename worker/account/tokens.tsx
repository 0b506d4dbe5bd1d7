/** Personal tokens: the list, and issuing one. */
import { readChoices } from "../auth/choices.ts";
import { issueToken } from "../auth/issue-token.ts";
import type { WebSession } from "../auth/web-session.ts";
import type { AppContext } from "../context.ts";
import { newDeviceId } from "../directory.ts";
import { htmlPage } from "../html.tsx";
import type { Access } from "../pages/access-choice.tsx";
import { LIFETIMES, TOKEN_LIFETIMES } from "../pages/choice-texts.ts";
import { SuccessPage } from "../pages/success.tsx";
import { displayName } from "../pages/text.ts";
import { TokensPage } from "../pages/account/tokens.tsx";
import { pageProps } from "./guard.tsx";
import { byState } from "./overview.tsx";

const NAME_CHARS = 60;

/** GET /account/tokens */
export async function showTokens(c: AppContext, session: WebSession): Promise<Response> {
  return tokensPage(c, session, null, { name: "", access: null }, 200);
}

/** POST /account/tokens: the answer shows the token, once. The form's own id makes a second sending a refusal. */
export async function issueFromForm(
  c: AppContext,
  session: WebSession,
  form: URLSearchParams,
): Promise<Response> {
  const { config } = c.var;
  const name = (form.get("name") ?? "").trim();
  const choices = readChoices(form, session.account.workspaces);
  const typed = { name, access: choices.ok ? choices.value.grant.access : null };
  const again = (problem: string) => tokensPage(c, session, problem, typed, 400);
  if (name === "" || name.length > NAME_CHARS) return again("Give the token a name of 1 to 60 characters.");
  if (!choices.ok) return again(choices.message);
  const { grant, lifetime } = choices.value;
  const lasting = TOKEN_LIFETIMES.find((one) => one === lifetime);
  if (lasting === undefined) return again("Choose how long the token works.");
  const deviceId = form.get("device_id") ?? "";
  if (!/^d_[a-z2-7]{26}$/.test(deviceId)) return again("This form is not complete. Send it again.");
  const issued = await issueToken(config, session.userId, session.user, {
    name: displayName(name),
    grant,
    lifetime_s: LIFETIMES[lasting].seconds,
    deviceId,
  });
  if (!issued.ok) return again("This token was issued already, and can be shown only once. Issue another.");
  return htmlPage((nonce) => (
    <SuccessPage
      nonce={nonce}
      title={`Your token "${displayName(name)}"`}
      token={issued.value.token}
      mcpUrl={`${config.origin}/mcp`}
      access={grant.access}
      expires_ms={issued.value.expires_ms}
      timeZone={session.account.timeZone}
    />
  ));
}

async function tokensPage(
  c: AppContext,
  session: WebSession,
  problem: string | null,
  typed: { name: string; access: Access | null },
  status: number,
): Promise<Response> {
  const [props, devices] = await Promise.all([pageProps(c, session), session.user.devices()]);
  const pasted = devices.filter(({ via }) => via === "jwt");
  return htmlPage(
    (nonce) => (
      <TokensPage
        {...props}
        {...byState(pasted, props.now_ms)}
        nonce={nonce}
        account={session.account}
        newDeviceId={newDeviceId()}
        problem={problem}
        typed={typed}
      />
    ),
    { status },
  );
}
