/** A device in a list: what it is, what it may do, when it was used, and how to stop it. */
import type { DeviceView } from "../../../objects/rpc/views.ts";
import type { Grant, Workspace } from "../../../tools/define.ts";
import { TOOL_SET_TEXTS } from "../choice-texts.ts";
import { displayName } from "../text.ts";
import { ButtonForm, type AccountPageProps } from "./frame.tsx";
import { Distance, Time } from "../time.tsx";

type RowProps = Pick<AccountPageProps, "formToken" | "timeZone" | "now_ms"> & {
  device: DeviceView;
  workspaces: Workspace[];
  /** Page to come back to. */
  back: string;
};

export function DeviceRow({ device, workspaces, back, formToken, timeZone, now_ms }: RowProps) {
  const name = displayName(device.clientName);
  const path = `/account/devices/${encodeURIComponent(device.deviceId)}`;
  return (
    <li>
      <div>
        <strong>
          <bdi>{name}</bdi>
        </strong>{" "}
        <span class="tag">{device.via === "jwt" ? "Token" : "Application"}</span>
        <div class="note">{grantText(device.grant, workspaces)}</div>
        <div class="note">
          {device.last_seen_ms === null ? (
            "Not used yet"
          ) : (
            <>
              Used <Distance ms={device.last_seen_ms} timeZone={timeZone} now_ms={now_ms} />
            </>
          )}
          {device.expires_ms === null ? null : (
            <>
              {" · ends "}
              <Distance ms={device.expires_ms} timeZone={timeZone} now_ms={now_ms} />
            </>
          )}
        </div>
      </div>
      <div class="actions">
        <a class="button small" href={path}>
          Change<span class="unseen"> {name}</span>
        </a>
        <ButtonForm
          action={`${path}/stop`}
          formToken={formToken}
          fields={{ back }}
          label="Stop"
          about={name}
          danger
        />
      </div>
    </li>
  );
}

export function EndedDevices({ devices, timeZone }: { devices: DeviceView[]; timeZone: string }) {
  if (devices.length === 0) return null;
  return (
    <details>
      <summary>Ended ({devices.length})</summary>
      <ul class="rows">
        {devices.map((device) => (
          <li>
            <div>
              <bdi>{displayName(device.clientName)}</bdi>{" "}
              <span class="tag">{device.revoked_ms === null ? "Expired" : "Stopped"}</span>
              <div class="note">
                <Time ms={device.revoked_ms ?? device.expires_ms ?? device.created_ms} timeZone={timeZone} />
              </div>
            </div>
          </li>
        ))}
      </ul>
    </details>
  );
}

/** What a grant allows, in a line. */
function grantText(grant: Grant, workspaces: Workspace[]): string {
  const access = grant.access === "write" ? "Read and write" : "Read only";
  const where =
    grant.workspaces === null
      ? "all Workspaces"
      : grant.workspaces.map((id) => workspaces.find((w) => w.id === id)?.name ?? id).join(", ");
  const what =
    grant.toolSets === null
      ? "all tools"
      : grant.toolSets.map((set) => TOOL_SET_TEXTS[set].name.toLowerCase()).join(", ");
  return `${access} · ${where} · ${what}`;
}
