/** Personal tokens, for clients without a sign-in of their own. */
import type { AccountView } from "../../../objects/rpc/user.ts";
import type { DeviceView } from "../../../objects/rpc/views.ts";
import type { Access } from "../access-choice.tsx";
import { GrantChoices, LifetimeChoice } from "../choices.tsx";
import { TOKEN_LIFETIMES } from "../choice-texts.ts";
import { DeviceRow, EndedDevices } from "./device-row.tsx";
import { AccountFrame, FormToken, type AccountPageProps } from "./frame.tsx";

interface TokensProps extends AccountPageProps {
  account: AccountView;
  active: DeviceView[];
  ended: DeviceView[];
  /** Id of the token this form makes: sending it twice makes one. */
  newDeviceId: string;
  problem: string | null;
  /** What was typed before a problem. */
  typed: { name: string; access: Access | null };
}

export function TokensPage(props: TokensProps) {
  const { account, active, ended, newDeviceId, problem, typed, formToken, timeZone, now_ms } = props;
  return (
    <AccountFrame {...props} title="Tokens" tab="tokens">
      <section class="card">
        <h1>Personal tokens</h1>
        <p>For clients that cannot open a browser to sign in. Each is for one client, and ends by itself.</p>
        {active.length === 0 ? (
          <p class="note">There are none.</p>
        ) : (
          <ul class="rows">
            {active.map((device) => (
              <DeviceRow
                device={device}
                workspaces={account.workspaces}
                back="/account/tokens"
                formToken={formToken}
                timeZone={timeZone}
                now_ms={now_ms}
              />
            ))}
          </ul>
        )}
        <EndedDevices devices={ended} timeZone={timeZone} />
      </section>
      <section class="card" aria-labelledby="issue">
        <h2 id="issue">Issue a token</h2>
        {problem ? (
          <div class="alert bad" role="alert">
            <p>{problem}</p>
          </div>
        ) : null}
        <form method="post" action="/account/tokens">
          <FormToken value={formToken} />
          <input type="hidden" name="device_id" value={newDeviceId} />
          <label class="field" for="name">
            Name
          </label>
          <input
            type="text"
            id="name"
            name="name"
            required
            maxlength={60}
            value={typed.name}
            autocomplete="off"
            aria-describedby="name_help"
          />
          <p class="note" id="name_help">
            Where it will be used, so that you recognize it later.
          </p>
          <GrantChoices
            legend="What may it do?"
            access={typed.access}
            grant={{ toolSets: null, workspaces: null }}
            workspaces={account.workspaces}
          />
          <LifetimeChoice legend="How long does it work?" options={TOKEN_LIFETIMES} chosen="30d" />
          <div class="actions">
            <button class="primary">Issue the token</button>
          </div>
        </form>
      </section>
    </AccountFrame>
  );
}
