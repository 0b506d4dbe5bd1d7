/** What a person pays, what happens next with it, and the buttons to change it. */
import type { CheckoutOffer, InvoiceView, PaymentCard, PlanView } from "../../../objects/rpc/billing.ts";
import { amountInWords, periodInWords } from "../money.ts";
import { FormToken } from "./frame.tsx";
import { Time } from "../time.tsx";

interface OfferView {
  offer: CheckoutOffer;
  /** In the currency's smallest unit. */
  amount: number | null;
  currency: string;
  interval: string;
  intervalCount: number;
}

export interface PlanCardProps {
  plan: PlanView;
  /** Empty: nothing can be bought right now. */
  offers: readonly OfferView[];
  trial_days: number;
  /** A yearly price that the running subscription could change to. */
  yearOffered: boolean;
  /** Linked where something is bought. */
  termsUrl: string | null;
  refundPolicyUrl: string | null;
  /** `null`: Stripe did not say. */
  payments: { card: PaymentCard | null; invoices: InvoiceView[] } | null;
  formToken: string;
  timeZone: string;
  now_ms: number;
}

const TRIAL_NOTICE_MS = 3 * 24 * 60 * 60_000;

/** Nothing where this server sells nothing. */
export function PlanCard(props: PlanCardProps) {
  const { plan } = props;
  if (!plan.billing) return null;
  const live =
    plan.subscription !== null && !["canceled", "incomplete_expired"].includes(plan.subscription.status);
  return (
    <section class="card" aria-labelledby="billing">
      <h2 id="billing">{live ? "Your subscription" : "Upgrade to Premium"}</h2>
      <Notices {...props} />
      {live ? <Subscription {...props} /> : null}
      {live && plan.subscription?.status !== "incomplete" ? <Manage {...props} /> : <Offers {...props} />}
      <Invoices {...props} />
    </section>
  );
}

/** What needs the person's attention. */
function Notices({ plan, timeZone, now_ms }: PlanCardProps) {
  const trialEnds_ms = plan.subscription?.trialEnds_ms ?? null;
  return (
    <>
      {plan.graceUntil_ms !== null ? (
        <Notice bad>
          Your last payment failed. Premium goes on until <Time ms={plan.graceUntil_ms} timeZone={timeZone} />
          : update your payment method before then.
        </Notice>
      ) : null}
      {plan.why === "past_due_grace_over" || plan.why === "unpaid" ? (
        <Notice bad>
          Your payment failed, so the account is on the free plan. Update your payment method.
        </Notice>
      ) : null}
      {plan.why === "dispute" ? (
        <Notice bad>
          A payment was disputed. The account is on the free plan until the dispute is closed.
        </Notice>
      ) : null}
      {plan.why === "paused" ? (
        <Notice bad>Your subscription is paused. Resume it in the portal.</Notice>
      ) : null}
      {plan.why === "incomplete" ? <Notice>Your payment is not confirmed yet.</Notice> : null}
      {plan.liveSubscriptions > 1 ? (
        <Notice bad>
          You have {plan.liveSubscriptions} subscriptions and pay for each. End all but one in the portal.
        </Notice>
      ) : null}
      {trialEnds_ms !== null && trialEnds_ms - now_ms < TRIAL_NOTICE_MS ? (
        <Notice>
          Your trial ends on <Time ms={trialEnds_ms} timeZone={timeZone} />.
        </Notice>
      ) : null}
      {plan.why === "operator_grant" && plan.grantedUntil_ms !== null ? (
        <Notice>
          The operator gave you Premium until <Time ms={plan.grantedUntil_ms} timeZone={timeZone} />.
        </Notice>
      ) : null}
    </>
  );
}

function Notice({ bad, children }: { bad?: boolean; children: unknown }) {
  return (
    <div class={bad === true ? "alert bad" : "alert"} role="status">
      <p>{children}</p>
    </div>
  );
}

function Subscription({ plan, payments, timeZone }: PlanCardProps) {
  const { subscription } = plan;
  if (subscription === null) return null;
  const { ends_ms, trialEnds_ms, periodEnd_ms } = subscription;
  const next_ms = ends_ms ?? trialEnds_ms ?? periodEnd_ms;
  const what = ends_ms !== null ? "Ends on" : trialEnds_ms !== null ? "Trial ends on" : "Renews on";
  return (
    <dl>
      <dt>Price</dt>
      <dd>
        {amountInWords(subscription.amount, subscription.currency)}{" "}
        {periodInWords(subscription.interval, subscription.intervalCount)}
      </dd>
      {next_ms === null ? null : (
        <>
          <dt>{what}</dt>
          <dd>
            <Time ms={next_ms} timeZone={timeZone} />
          </dd>
        </>
      )}
      {payments?.card ? (
        <>
          <dt>Card</dt>
          <dd>
            {brandName(payments.card.brand)} ending in {payments.card.last4}
          </dd>
        </>
      ) : null}
    </dl>
  );
}

/** Stripe gives brands in small letters and with underscores. */
function brandName(brand: string): string {
  const words = brand.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function Manage({ formToken, plan, yearOffered }: PlanCardProps) {
  const ends = plan.subscription?.ends_ms !== null;
  return (
    <div class="actions">
      {yearOffered ? (
        <a class="button primary" href="/account/plan/year">
          Pay by the year
        </a>
      ) : null}
      <PortalButton formToken={formToken} flow="" label={ends ? "Renew or manage" : "Manage subscription"} />
      <PortalButton formToken={formToken} flow="payment_method_update" label="Change payment method" />
      {ends ? null : (
        <PortalButton formToken={formToken} flow="subscription_cancel" label="Cancel subscription" />
      )}
    </div>
  );
}

function PortalButton({ formToken, flow, label }: { formToken: string; flow: string; label: string }) {
  return (
    <form method="post" action="/account/plan/portal">
      <FormToken value={formToken} />
      <input type="hidden" name="flow" value={flow} />
      <button>{label}</button>
    </form>
  );
}

function Policies({ termsUrl, refundPolicyUrl }: Pick<PlanCardProps, "termsUrl" | "refundPolicyUrl">) {
  if (termsUrl === null && refundPolicyUrl === null) return null;
  return (
    <p>
      {termsUrl === null ? null : <a href={termsUrl}>Terms of service</a>}
      {termsUrl !== null && refundPolicyUrl !== null ? " · " : null}
      {refundPolicyUrl === null ? null : <a href={refundPolicyUrl}>Refund policy</a>}
    </p>
  );
}

function Offers({ offers, formToken, trial_days, termsUrl, refundPolicyUrl }: PlanCardProps) {
  if (offers.length === 0) {
    return <p>Upgrading is not possible right now. Try again later.</p>;
  }
  return (
    <>
      <p>
        All tools and a higher rate limit. You pay on Stripe's page and can cancel at any time.
        {trial_days > 0 ? ` The first ${trial_days} days are free, once per account.` : ""}
      </p>
      <div class="actions">
        {offers.map(({ offer, amount, currency, interval, intervalCount }, i) => (
          <form method="post" action="/account/plan/checkout">
            <FormToken value={formToken} />
            <input type="hidden" name="offer" value={offer} />
            <button class={i === 0 ? "primary" : ""}>
              Upgrade: {amountInWords(amount, currency)} {periodInWords(interval, intervalCount)}
            </button>
          </form>
        ))}
      </div>
      <Policies termsUrl={termsUrl} refundPolicyUrl={refundPolicyUrl} />
    </>
  );
}

function Invoices({ payments, timeZone }: PlanCardProps) {
  const invoices = payments?.invoices ?? [];
  if (invoices.length === 0) return null;
  return (
    <details>
      <summary>Invoices</summary>
      <ul class="rows">
        {invoices.map(({ created_ms, total, currency, status, url }) => (
          <li>
            <Time ms={created_ms} timeZone={timeZone} /> {amountInWords(total, currency)} {status}{" "}
            {url === null ? null : (
              <a href={url} rel="noreferrer">
                View
              </a>
            )}
          </li>
        ))}
      </ul>
    </details>
  );
}
