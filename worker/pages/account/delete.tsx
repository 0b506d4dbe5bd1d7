/** The last question before everything goes. */
import type { PlanView } from "../../../objects/rpc/billing.ts";
import { amountInWords, periodInWords } from "../money.ts";
import { AccountFrame, FormToken, type AccountPageProps } from "./frame.tsx";
import { Time } from "../time.tsx";

/** What has to be typed, so that nobody deletes by habit. */
export const DELETE_PHRASE = "delete my data";

export function DeletePage(props: AccountPageProps & { plan: PlanView; problem: string | null }) {
  const { formToken, plan, problem, timeZone } = props;
  return (
    <AccountFrame {...props} title="Delete my data" tab="settings">
      <section class="card">
        <h1>Delete my data</h1>
        <p>This cannot be undone. It removes from this server:</p>
        <ul>
          <li>your account, stored ClickUp credentials and settings;</li>
          <li>every connected device and token: all clients stop at once;</li>
          <li>the whole record of requests, and everything cached.</li>
        </ul>
        <Paid plan={plan} timeZone={timeZone} />
        <p>Nothing is changed in ClickUp. You can sign in again later and begin anew.</p>
        {problem ? (
          <div class="alert bad" role="alert" id="problem">
            <p>{problem}</p>
          </div>
        ) : null}
        <form method="post" action="/account/delete">
          <FormToken value={formToken} />
          <label class="field" for="confirm">
            Type <em>{DELETE_PHRASE}</em> to confirm
          </label>
          <input
            type="text"
            id="confirm"
            name="confirm"
            required
            autocomplete="off"
            aria-describedby={problem ? "problem" : undefined}
          />
          <div class="actions">
            <button class="danger">Delete everything</button>
            <a class="button" href="/account/settings">
              Keep it
            </a>
          </div>
        </form>
      </section>
    </AccountFrame>
  );
}

const ENDED = ["canceled", "incomplete_expired"];

/** True when deleting the account ends something that is paid for, or about to be. */
export function hasSubscription({ subscription, liveSubscriptions }: PlanView): boolean {
  return liveSubscriptions > 0 || (subscription !== null && !ENDED.includes(subscription.status));
}

/** What happens to what is paid, before the button: it ends now, and nothing comes back. */
function Paid({ plan, timeZone }: { plan: PlanView; timeZone: string }) {
  const { subscription, grantedUntil_ms } = plan;
  if (!hasSubscription(plan)) {
    if (!plan.checkoutOpen && grantedUntil_ms === null) return null;
    return (
      <div class="alert">
        <p>
          {grantedUntil_ms === null
            ? "The payment page you opened is closed. You are not charged."
            : "The Premium you were given ends now."}
        </p>
      </div>
    );
  }
  const many = plan.liveSubscriptions > 1;
  const until_ms = subscription?.ends_ms ?? subscription?.trialEnds_ms ?? subscription?.periodEnd_ms ?? null;
  return (
    <div class="alert" id="subscription">
      <p>
        <strong>
          {many ? `Your ${plan.liveSubscriptions} subscriptions end` : "Your subscription ends"} now
        </strong>
        {subscription === null || many
          ? ""
          : ` (Premium, ${amountInWords(subscription.amount, subscription.currency)} ${periodInWords(subscription.interval, subscription.intervalCount)})`}
        {until_ms === null ? null : (
          <>
            , not on <Time ms={until_ms} timeZone={timeZone} />
          </>
        )}
        . You are not charged again.
      </p>
      <p>{leftOver(plan)} Invoices stay with Stripe and in your e-mail.</p>
      <p>
        <a href="/account/plan">Your plan</a>
      </p>
    </div>
  );
}

/** What becomes of the time that is paid for. */
function leftOver({ subscription, liveSubscriptions }: PlanView): string {
  const one = liveSubscriptions <= 1 ? subscription : null;
  if (one !== null && one.trialEnds_ms !== null)
    return "The trial has cost nothing, so there is nothing to pay back.";
  const way =
    one !== null && one.ends_ms !== null
      ? "It is cancelled already: to use what you paid for, delete when it has ended."
      : "To use what you paid for, cancel on the plan page first, and delete when it has ended.";
  return `Nothing is paid back for the time that is left. ${way}`;
}
