/** What each plan includes, by name and by example, and what it costs. */
import type { UsageView } from "../../../objects/rpc/user.ts";
import { TOOLS } from "../../../tools/catalog.ts";
import { TOOL_SET_NAMES, TOOL_SET_TEXTS } from "../choice-texts.ts";
import { amountInWords, periodInWords } from "../money.ts";
import { examplesFor, PREMIUM_EXAMPLES } from "../examples.ts";
import { PlanCard, type PlanCardProps } from "./plan-card.tsx";
import { AccountFrame, type AccountPageProps } from "./frame.tsx";

interface PlanProps extends AccountPageProps {
  usage: UsageView;
  /** Requests a minute of each plan. */
  limits: { free: number; premium: number };
  billing: Omit<PlanCardProps, "formToken" | "timeZone" | "now_ms">;
}

export function PlanPage(props: PlanProps) {
  const { usage, limits, billing, formToken, timeZone, now_ms } = props;
  const free = TOOLS.filter(({ tier }) => tier === "free");
  return (
    <AccountFrame {...props} title="Plan" tab="plan">
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
            {billing.plan.billing ? (
              <tr>
                <td>Price</td>
                <td>None</td>
                <td>{prices(billing)}</td>
              </tr>
            ) : null}
            <tr>
              <td>Tools</td>
              <td>{free.length}</td>
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
      <section class="card" aria-labelledby="premium">
        <h2 id="premium">What Premium adds</h2>
        <ul class="rows plain">
          {TOOL_SET_NAMES.map((set) => (
            <li>
              <div>
                <strong>{TOOL_SET_TEXTS[set].name}</strong>
                <div>
                  <em>{PREMIUM_EXAMPLES[set].ask}</em>
                </div>
                <div class="note">
                  {titles(TOOLS.filter((tool) => tool.set === set && tool.tier === "premium"))}
                </div>
              </div>
            </li>
          ))}
        </ul>
      </section>
      <section class="card" aria-labelledby="free">
        <h2 id="free">What is free</h2>
        <ul>
          {examplesFor("free").map(({ ask }) => (
            <li>
              <em>{ask}</em>
            </li>
          ))}
        </ul>
        <p class="note">{titles(free)}</p>
      </section>
    </AccountFrame>
  );
}

function titles(tools: readonly { title: string }[]): string {
  return tools.map(({ title }) => title).join(" · ");
}

/** What is paid now, or what can be bought. */
function prices({ plan, offers }: PlanProps["billing"]): string {
  const { subscription } = plan;
  const all = offers.length > 0 ? offers : subscription === null ? [] : [subscription];
  return (
    all
      .map(
        (one) =>
          `${amountInWords(one.amount, one.currency)} ${periodInWords(one.interval, one.intervalCount)}`,
      )
      .join(" or ") || "Not for sale right now"
  );
}

function requests(count: number): string {
  return count === 1 ? "1 request" : `${count} requests`;
}
