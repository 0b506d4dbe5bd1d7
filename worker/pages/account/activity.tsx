/** What happened, newest first: every request of every device, and what was done to the account. */
import type { ActivityPage as Events } from "../../../objects/rpc/user.ts";
import type { ActivityEvent, DeviceView } from "../../../objects/rpc/views.ts";
import { TOOLS } from "../../../tools/catalog.ts";
import type { Workspace } from "../../../tools/define.ts";
import { clickUpLinks } from "./clickup-link.ts";
import { displayName } from "../text.ts";
import { AccountFrame, type AccountPageProps } from "./frame.tsx";
import { shownZone, Time } from "../time.tsx";

export interface ActivityFilter {
  device: string;
  tool: string;
  show: "changes" | "calls" | "all";
}

const SHOWN: readonly [ActivityFilter["show"], string][] = [
  ["changes", "Changes"],
  ["calls", "Changes and reads"],
  ["all", "Everything"],
];

interface ActivityProps extends AccountPageProps {
  page: Events;
  devices: DeviceView[];
  filter: ActivityFilter;
  /** Of the person, for links into ClickUp. */
  workspaces: Workspace[];
  /** True when this is not the newest page. */
  older: boolean;
}

export function ActivityPage(props: ActivityProps) {
  const { page, devices, filter, older, timeZone, workspaces } = props;
  const query = (more: Record<string, string>) => {
    const entries = Object.entries({ ...filter, ...more }).filter(([, value]) => value !== "");
    return new URLSearchParams(entries).toString();
  };
  return (
    <AccountFrame {...props} title="Activity" tab="activity">
      <section class="card">
        <div class="head">
          <h1>Activity</h1>
          <span class="note">
            Export: <a href={`/account/activity/export?${query({ format: "csv" })}`}>CSV</a>,{" "}
            <a href={`/account/activity/export?${query({ format: "json" })}`}>JSON</a>
          </span>
        </div>
        <p class="note">Ids and names only: what was read or written in ClickUp is not kept.</p>
        <Filter devices={devices} filter={filter} />
        {page.events.length === 0 ? (
          <p>
            {page.next !== null
              ? "Nothing in this stretch of the record. Look further back."
              : filter.show === "changes" && filter.tool === ""
                ? "Nothing was changed. "
                : "Nothing is recorded here."}
            {page.next === null && filter.show === "changes" && filter.tool === "" ? (
              <a href={`/account/activity?${query({ show: "calls" })}`}>See what was read</a>
            ) : null}
          </p>
        ) : (
          <table class="events">
            <thead>
              <tr>
                <th scope="col">Time ({shownZone(timeZone)})</th>
                <th scope="col">What</th>
                <th scope="col">Device</th>
                <th scope="col">Result</th>
              </tr>
            </thead>
            <tbody>
              {page.events.map((event) => (
                <EventRow event={event} devices={devices} timeZone={timeZone} workspaces={workspaces} />
              ))}
            </tbody>
          </table>
        )}
        {older || page.next !== null ? (
          <div class="actions">
            {older ? (
              <a class="button" href={`/account/activity?${query({})}`}>
                Newest
              </a>
            ) : null}
            {page.next === null ? null : (
              <a class="button" href={`/account/activity?${query({ before: page.next })}`}>
                Older
              </a>
            )}
          </div>
        ) : null}
      </section>
    </AccountFrame>
  );
}

function Filter({ devices, filter }: Pick<ActivityProps, "devices" | "filter">) {
  return (
    <form class="filter" method="get" action="/account/activity">
      <div>
        <label class="field" for="show">
          Show
        </label>
        <select id="show" name="show">
          {SHOWN.map(([value, label]) => (
            <option value={value} selected={value === filter.show}>
              {label}
            </option>
          ))}
        </select>
      </div>
      <div>
        <label class="field" for="device">
          Device
        </label>
        <select id="device" name="device">
          <option value="">All</option>
          {devices.map(({ deviceId, clientName }) => (
            <option value={deviceId} selected={deviceId === filter.device}>
              {displayName(clientName)}
            </option>
          ))}
        </select>
      </div>
      <div>
        <label class="field" for="tool">
          Tool
        </label>
        <select id="tool" name="tool">
          <option value="">All</option>
          {TOOLS.map(({ name, title }) => (
            <option value={name} selected={name === filter.tool}>
              {title}
            </option>
          ))}
        </select>
      </div>
      <button>Show</button>
    </form>
  );
}

function EventRow(props: {
  event: ActivityEvent;
  devices: DeviceView[];
  timeZone: string;
  workspaces: Workspace[];
}) {
  const { event, devices, timeZone, workspaces } = props;
  const device = devices.find(({ deviceId }) => deviceId === event.deviceId);
  const targets = clickUpLinks(event, workspaces);
  return (
    <tr>
      <td>
        <Time ms={Date.parse(event.time)} timeZone={timeZone} />
      </td>
      <td>
        {whatText(event)}
        {targets.length > 0 ? (
          <div class="note">
            {targets.slice(0, 4).map(({ text, url }, i) => (
              <>
                {i === 0 ? "" : ", "}
                {url === null ? (
                  text
                ) : (
                  <a href={url} rel="noreferrer">
                    {text}
                  </a>
                )}
              </>
            ))}
            {targets.length > 4 ? ` and ${targets.length - 4} more` : ""}
          </div>
        ) : null}
      </td>
      <td>
        <bdi>
          {device ? displayName(device.clientName) : event.client === "account" ? "You" : event.client}
        </bdi>
      </td>
      <td>
        <Result event={event} />
      </td>
    </tr>
  );
}

function Result({ event }: { event: ActivityEvent }) {
  const { outcome, duration_ms } = event;
  const text = outcome === undefined ? "running" : (OUTCOMES[outcome] ?? outcome);
  return (
    <>
      <span class={outcome === "ok" ? "tag ok" : outcome === undefined ? "tag" : "tag bad"}>{text}</span>
      {duration_ms === undefined || !event.counted ? null : <div class="note nowrap">{duration_ms} ms</div>}
      {event.incident ? <div class="note">Incident {event.incident}</div> : null}
    </>
  );
}

const OUTCOMES: Record<string, string> = {
  ok: "done",
  input_required: "asked back",
  user_error: "wrong input",
  upstream_error: "ClickUp refused",
  unknown_outcome: "outcome unknown",
  refused_tier: "not in the plan",
  refused_grant: "not allowed",
  protocol_error: "bad request",
  internal_error: "our fault",
  cancelled: "cancelled",
  unknown: "outcome unknown",
};

const METHODS: Record<string, string> = {
  "account/sign_in": "Signed in with ClickUp",
  "account/api_key": "ClickUp token replaced",
  "account/credential_removed": "ClickUp credential removed",
  "account/preferences": "Settings changed",
  "account/signed_out_everywhere": "Signed out everywhere",
  "account/exported": "Data downloaded",
  "billing/tier_changed": "Plan changed",
  "device/added": "Device connected",
  "device/changed": "Device changed",
  "device/revoked": "Device stopped",
  "tools/list": "Listed the tools",
  "tools/call": "Called a tool that does not exist",
  "resources/list": "Listed the resources",
  "resources/templates/list": "Listed the resources",
  "resources/read": "Read a resource",
  "resources/subscribe": "Asked to hear of changes",
  "resources/unsubscribe": "Stopped hearing of changes",
  "subscriptions/listen": "Listened for changes",
  "prompts/list": "Listed the prompts",
  "prompts/get": "Opened a prompt",
  "completion/complete": "Asked for suggestions",
  "logging/setLevel": "Chose what to be told while calls run",
  "tasks/get": "Asked after a long call",
  "tasks/cancel": "Cancelled a long call",
  "tasks/update": "Answered a long call",
  initialize: "Opened a session",
  "server/discover": "Asked what this server can do",
};

const TITLES = new Map(TOOLS.map(({ name, title }) => [name as string, title]));

function whatText({ method, tool }: ActivityEvent): string {
  if (tool !== null) return TITLES.get(tool) ?? tool;
  return METHODS[method] ?? method;
}
