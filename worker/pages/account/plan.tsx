/** What the plan includes. */
import type { UsageView } from "../../../objects/rpc/user.ts";
import { TOOLS } from "../../../tools/catalog.ts";
import { PlanCard, type PlanCardProps } from "./plan-card.tsx";
import { AccountFrame, type AccountPageProps } from "./frame.tsx";

interface PlanProps extends AccountPageProps {
  usage: UsageView;
  /** Requests a minute of each plan. */
  limits: { free: number; premium: number };
  billing: Pick<PlanCardProps, "plan" | "offers" | "payments" | "trial_days">;
}

export function PlanPage(props: PlanProps) {
  const { usage, limits, billing, formToken, timeZone, now_ms } = props;
  const free = TOOLS.filter(({ tier }) => tier === "free").length;
  return (
    <AccountFrame {...props} title="Plan" tab="overview">
      <section class="card">
        <h1>Your plan: {usage.tier === "premium" ? "Premium" : "Free"}</h1>
        <table>
          <thead>
            <tr>
              <th scope="col">
                <span class="unseen">What</span>
              </th>
              <th scope="col">Free</th>
              <th scope="col">Premium</th>
            </tr>
          </thead>
          <tbody>
            <tr>
              <td>Tools</td>
              <td>{free}</td>
              <td>{TOOLS.length}</td>
            </tr>
            <tr>
              <td>Requests in any 60 seconds</td>
              <td>{limits.free}</td>
              <td>{limits.premium}</td>
            </tr>
          </tbody>
        </table>
        <p class="note">
          You made {requests(usage.used)} in the last 60 seconds and{" "}
          {requests(usage.days.reduce((sum, day) => sum + day.requests, 0))} in 30 days.
        </p>
      </section>
      <PlanCard {...billing} formToken={formToken} timeZone={timeZone} now_ms={now_ms} />
    </AccountFrame>
  );
}

function requests(count: number): string {
  return count === 1 ? "1 request" : `${count} requests`;
}
