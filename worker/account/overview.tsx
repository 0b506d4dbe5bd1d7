/** GET /account and /account/plan */
import type { DeviceView } from "../../objects/rpc/views.ts";
import type { WebSession } from "../auth/web-session.ts";
import type { AppContext } from "../context.ts";
import { planData, planPageLeadsTo } from "../billing/plan-data.ts";
import { htmlPage } from "../html.tsx";
import { OverviewPage } from "../pages/account/overview.tsx";
import { PlanPage } from "../pages/account/plan.tsx";
import { pageProps } from "./guard.tsx";

export async function showOverview(c: AppContext, session: WebSession): Promise<Response> {
  const [props, usage, devices] = await Promise.all([
    pageProps(c, session),
    session.user.desk().usage(),
    session.user.devices(),
  ]);
  const { active, ended } = byState(devices, props.now_ms);
  return htmlPage((nonce) => (
    <OverviewPage
      {...props}
      nonce={nonce}
      account={session.account}
      usage={usage}
      active={active}
      ended={ended}
    />
  ));
}

export async function showPlan(c: AppContext, session: WebSession): Promise<Response> {
  const { config } = c.var;
  // First: it may read Stripe, and the tier shown must be the one after that.
  const billing = await planData(config, session, c.req.query("from") === "portal");
  const [props, usage] = await Promise.all([pageProps(c, session), session.user.desk().usage()]);
  return htmlPage(
    (nonce) => <PlanPage {...props} nonce={nonce} usage={usage} limits={config.limits} billing={billing} />,
    { leadsTo: planPageLeadsTo(config) },
  );
}

/** Devices that work, and those that ended. */
export function byState(
  devices: DeviceView[],
  now_ms: number,
): { active: DeviceView[]; ended: DeviceView[] } {
  const works = ({ revoked_ms, expires_ms }: DeviceView) =>
    revoked_ms === null && (expires_ms === null || expires_ms > now_ms);
  return { active: devices.filter(works), ended: devices.filter((device) => !works(device)) };
}
