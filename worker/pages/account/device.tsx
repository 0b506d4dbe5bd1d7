/** One device: what it may do, changed here, acts on its next request. */
import type { AccountView } from "../../../objects/rpc/user.ts";
import type { DeviceView } from "../../../objects/rpc/views.ts";
import { ToolSetChoice, WorkspaceChoice } from "../choices.tsx";
import { AccessChoice } from "../access-choice.tsx";
import { LIFETIMES, type Lifetime } from "../choice-texts.ts";
import { displayName } from "../text.ts";
import { AccountFrame, ButtonForm, FormToken, type AccountPageProps } from "./frame.tsx";
import { Time } from "../time.tsx";

interface DevicePageProps extends AccountPageProps {
  account: AccountView;
  device: DeviceView;
  problem: string | null;
}

export function DevicePage(props: DevicePageProps) {
  const { account, device, problem, formToken, timeZone } = props;
  const { grant } = device;
  const name = displayName(device.clientName);
  const path = `/account/devices/${encodeURIComponent(device.deviceId)}`;
  const pasted = device.via === "jwt";
  return (
    <AccountFrame {...props} title={name} tab={pasted ? "tokens" : "overview"}>
      <section class="card">
        <h1>
          <bdi>{name}</bdi>
        </h1>
        <dl>
          <dt>Kind</dt>
          <dd>{pasted ? "Personal token" : "Application that signed in"}</dd>
          <dt>Connected</dt>
          <dd>
            <Time ms={device.created_ms} timeZone={timeZone} />
          </dd>
          <dt>Last used</dt>
          <dd>
            {device.last_seen_ms === null ? "Not yet" : <Time ms={device.last_seen_ms} timeZone={timeZone} />}
          </dd>
          <dt>Ends</dt>
          <dd>
            {device.expires_ms === null ? (
              "When you stop it, or 30 days after its last use"
            ) : (
              <Time ms={device.expires_ms} timeZone={timeZone} />
            )}
          </dd>
        </dl>
        {problem ? (
          <div class="alert bad" role="alert">
            <p>{problem}</p>
          </div>
        ) : null}
        <form method="post" action={path}>
          <FormToken value={formToken} />
          {pasted && device.issuedAccess === "read" ? (
            <>
              <input type="hidden" name="access" value="read" />
              <p class="note">This token was issued for reading only, and stays so.</p>
            </>
          ) : (
            <AccessChoice legend="What may it do?" chosen={grant.access} />
          )}
          {account.workspaces.length > 0 ? (
            <WorkspaceChoice workspaces={account.workspaces} chosen={grant.workspaces} />
          ) : null}
          <ToolSetChoice chosen={grant.toolSets} />
          {pasted ? null : <DeviceLifetime device={device} />}
          <div class="actions">
            <button class="primary">Save</button>
            <a class="button" href={`/account/activity?device=${encodeURIComponent(device.deviceId)}`}>
              What it did
            </a>
          </div>
        </form>
        <p class="note after">
          Changes act on its next request.
          {pasted
            ? null
            : " An application that was read-only may need up to an hour, or to be connected again, before it can write."}
        </p>
      </section>
      <section class="card">
        <h2>Stop it</h2>
        <p>It is signed out at once and has to ask you again.</p>
        <ButtonForm
          action={`${path}/stop`}
          formToken={formToken}
          fields={{ back: pasted ? "/account/tokens" : "/account" }}
          label="Stop"
          about={name}
          danger
        />
      </section>
    </AccountFrame>
  );
}

function DeviceLifetime({ device }: { device: DeviceView }) {
  return (
    <div class="group">
      <label class="field" for="lifetime">
        How long may it be used?
      </label>
      <select id="lifetime" name="lifetime">
        <option value="keep" selected>
          As it is now
        </option>
        {(Object.keys(LIFETIMES) as Lifetime[])
          .filter((one) => one !== "until" || device.expires_ms !== null)
          .map((one) => (
            <option value={one}>
              {one === "until" ? LIFETIMES[one].label : `${LIFETIMES[one].label} from now`}
            </option>
          ))}
      </select>
    </div>
  );
}
