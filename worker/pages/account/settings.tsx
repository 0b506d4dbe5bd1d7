/** The connection to ClickUp, defaults, browsers, and the person's data. */
import type { AccountView, WebSessionView } from "../../../objects/rpc/user.ts";
import type { CredentialKind } from "../../../objects/rpc/views.ts";
import { TokenField } from "../token-form.tsx";
import { AccountFrame, ButtonForm, FormToken, type AccountPageProps } from "./frame.tsx";
import { Distance, Time } from "../time.tsx";

interface SettingsProps extends AccountPageProps {
  account: AccountView;
  sessions: WebSessionView[];
  /** The one this page was opened in. */
  thisSession: string;
  clickUpSignIn: boolean;
  timeZones: string[];
  /** Why ClickUp's token was not taken. */
  tokenProblem: string | null;
}

export function SettingsPage(props: SettingsProps) {
  return (
    <AccountFrame {...props} title="Settings" tab="settings">
      <h1 class="unseen">Settings</h1>
      <ClickUp {...props} />
      <Defaults {...props} />
      <Browsers {...props} />
      <YourData />
    </AccountFrame>
  );
}

const KINDS: Record<CredentialKind, string> = {
  oauth: "ClickUp sign-in",
  personal: "Personal API token",
};

function ClickUp({ account, clickUpSignIn, tokenProblem, formToken, timeZone }: SettingsProps) {
  return (
    <section class="card" aria-labelledby="clickup">
      <h2 id="clickup">ClickUp</h2>
      <p class="note">
        Signed in as <bdi>{account.username}</bdi>, user {account.clickupUserId}. Credentials are kept
        encrypted.
      </p>
      {account.credentials.length === 0 ? (
        <div class="alert">
          <p>ClickUp is not connected: no tool works until you connect it.</p>
        </div>
      ) : (
        <ul class="rows">
          {account.credentials.map(({ kind, added_ms, active }) => (
            <li>
              <div>
                {KINDS[kind]} {active ? <span class="tag ok">in use</span> : null}
                <div class="note">
                  Stored <Time ms={added_ms} timeZone={timeZone} />
                </div>
              </div>
              <ButtonForm
                action="/account/settings/remove-credential"
                formToken={formToken}
                fields={{ kind }}
                label="Remove"
                about={KINDS[kind]}
                danger
              />
            </li>
          ))}
        </ul>
      )}
      <details open={tokenProblem !== null}>
        <summary>Connect again or replace the token</summary>
        {clickUpSignIn ? (
          <form method="post" action="/account/settings/connect">
            <FormToken value={formToken} />
            <button>Sign in with ClickUp again</button>
          </form>
        ) : null}
        <form method="post" action="/account/settings/token" class="group">
          <FormToken value={formToken} />
          <TokenField problem={tokenProblem} />
          <div class="actions">
            <button>Store this token</button>
          </div>
        </form>
      </details>
    </section>
  );
}

function Defaults({ account, timeZones, formToken }: SettingsProps) {
  const { workspaces, defaultPinned, defaultWorkspaceId, timeZoneOverride } = account;
  return (
    <section class="card" aria-labelledby="defaults">
      <h2 id="defaults">Defaults</h2>
      <form method="post" action="/account/settings/preferences">
        <FormToken value={formToken} />
        <div class="group">
          <label class="field" for="workspace">
            Workspace, when none is named
          </label>
          <select id="workspace" name="workspace">
            <option value="">None: assistants name one</option>
            {workspaces.map(({ id, name }) => (
              <option value={id} selected={defaultPinned && id === defaultWorkspaceId}>
                {name}
              </option>
            ))}
          </select>
        </div>
        <div class="group">
          <label class="field" for="time_zone">
            Time zone, for dates such as "tomorrow 9am" or "next friday"
          </label>
          <select id="time_zone" name="time_zone">
            <option value="">
              {timeZoneOverride === null ? `As in ClickUp (${account.timeZone})` : "As in ClickUp"}
            </option>
            {timeZones.map((name) => (
              <option value={name} selected={name === timeZoneOverride}>
                {name}
              </option>
            ))}
          </select>
        </div>
        <div class="actions">
          <button class="primary">Save</button>
        </div>
      </form>
    </section>
  );
}

function Browsers({ sessions, thisSession, formToken, timeZone, now_ms }: SettingsProps) {
  return (
    <section class="card" aria-labelledby="browsers">
      <div class="head">
        <h2 id="browsers">Browsers signed in here</h2>
        <ButtonForm
          action="/account/settings/sign-out-everywhere"
          formToken={formToken}
          label="Sign out everywhere"
          danger
        />
      </div>
      <ul class="rows">
        {sessions.map(({ sessionId, label, created_ms, last_seen_ms }) => (
          <li>
            <div>
              {label} {sessionId === thisSession ? <span class="tag ok">this one</span> : null}
              <div class="note">
                Signed in <Time ms={created_ms} timeZone={timeZone} />, used{" "}
                <Distance ms={last_seen_ms} timeZone={timeZone} now_ms={now_ms} />
              </div>
            </div>
          </li>
        ))}
      </ul>
      <p class="note">Connected devices are not signed out by this: stop them on the overview.</p>
    </section>
  );
}

function YourData() {
  return (
    <section class="card" aria-labelledby="data">
      <h2 id="data">Your data</h2>
      <p>
        Everything kept about you, the record of requests included. Secrets are left out. What is in ClickUp
        stays there.
      </p>
      <div class="actions">
        <a class="button" href="/account/data">
          Download my data
        </a>
        <a class="button danger" href="/account/delete">
          Delete my data
        </a>
      </div>
    </section>
  );
}
