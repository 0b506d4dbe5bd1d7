/** The first page of the account: plan, usage, connected devices. */
import type { AccountView, UsageView } from "../../../objects/rpc/user.ts";
import { examplesFor } from "../examples.ts";
import { Snippet } from "../snippet.tsx";
import type { DeviceView } from "../../../objects/rpc/views.ts";
import { UsageChart } from "./chart.tsx";
import { DeviceRow, EndedDevices } from "./device-row.tsx";
import { AccountFrame, ButtonForm, type AccountPageProps } from "./frame.tsx";

/** Who made fewer requests in 30 days is shown what to do first: connecting a client makes a handful by itself. */
const NEW_REQUESTS = 20;

interface OverviewProps extends AccountPageProps {
  account: AccountView;
  usage: UsageView;
  active: DeviceView[];
  ended: DeviceView[];
}

export function OverviewPage(props: OverviewProps) {
  const { account, usage, active, ended, formToken, timeZone, now_ms } = props;
  const requests = usage.days.reduce((sum, day) => sum + day.requests, 0);
  return (
    <AccountFrame {...props} title="Your account" tab="overview">
      <section class="card" aria-labelledby="usage">
        <div class="head">
          <h1 id="usage">
            Hello, <bdi>{account.username || account.email || "you"}</bdi>
          </h1>
          <span class="note">
            <bdi>{account.email}</bdi>
          </span>
        </div>
        {account.credentials.length === 0 ? (
          <div class="alert">
            <p>
              ClickUp is not connected, so no tool works.{" "}
              <a href="/account/settings#clickup">Connect it again</a>.
            </p>
          </div>
        ) : null}
        <dl class="figures">
          <div>
            <dt>Plan</dt>
            <dd>
              <a href="/account/plan">{usage.tier === "premium" ? "Premium" : "Free"}</a>
            </dd>
          </div>
          <div>
            <dt>Requests in the last minute</dt>
            <dd>{usage.limit === null ? usage.used : `${usage.used} of ${usage.limit}`}</dd>
          </div>
          <div>
            <dt>Requests in 30 days</dt>
            <dd>{requests}</dd>
          </div>
        </dl>
        {requests === 0 ? null : <UsageChart days={usage.days} />}
      </section>
      {requests < NEW_REQUESTS ? <FirstSteps connected={active.length > 0} tier={usage.tier} /> : null}
      <section class="card" aria-labelledby="devices">
        <div class="head">
          <h2 id="devices">Connected devices</h2>
          {active.length > 1 ? (
            <ButtonForm
              action="/account/devices/stop-all"
              formToken={formToken}
              label="Stop all"
              about="devices"
              danger
            />
          ) : null}
        </div>
        {active.length === 0 ? (
          <p>
            Nothing is connected. <a href="/#connect">Connect a client</a> or{" "}
            <a href="/account/tokens">issue a token</a>.
          </p>
        ) : (
          <ul class="rows">
            {active.map((device) => (
              <DeviceRow
                device={device}
                workspaces={account.workspaces}
                back="/account"
                formToken={formToken}
                timeZone={timeZone}
                now_ms={now_ms}
              />
            ))}
          </ul>
        )}
        <EndedDevices devices={ended} timeZone={timeZone} />
      </section>
    </AccountFrame>
  );
}

function FirstSteps({ connected, tier }: { connected: boolean; tier: UsageView["tier"] }) {
  return (
    <section class="card" aria-labelledby="first">
      <h2 id="first">{connected ? "Try it" : "What to do first"}</h2>
      {connected ? (
        <p>Ask one of these in your client. They work on your plan.</p>
      ) : (
        <>
          <p>
            1. <a href="/#connect">Connect a client</a>: Claude, ChatGPT, Cursor, VS Code or another one.
          </p>
          <p>2. Ask it one of these. They work on your plan.</p>
        </>
      )}
      {examplesFor(tier).map(({ ask }, i) => (
        <Snippet id={`example-${i + 1}`} label={`Example ${i + 1}`} text={ask} wrap />
      ))}
    </section>
  );
}
