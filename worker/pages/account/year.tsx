/** From the month to the year: what it costs now, before anybody agrees to it. */
import type { ChangePreview } from "../../../objects/rpc/billing.ts";
import { amountInWords } from "../money.ts";
import { AccountFrame, FormToken, type AccountPageProps } from "./frame.tsx";

export interface YearPageProps extends AccountPageProps {
  shown: ChangePreview;
}

export function YearPage(props: YearPageProps) {
  const { shown, formToken } = props;
  const money = (amount: number): string => amountInWords(amount, shown.currency);
  return (
    <AccountFrame {...props} title="Pay by the year" tab="overview">
      <section class="card" aria-labelledby="year">
        <h1 id="year">Pay by the year</h1>
        <dl>
          <dt>Price</dt>
          <dd>{money(shown.amount)} a year</dd>
          {shown.credit > 0 ? (
            <>
              <dt>Unused time of this month</dt>
              <dd>−{money(shown.credit)}</dd>
            </>
          ) : null}
          <dt>Charged now</dt>
          <dd>{money(shown.due_now)}</dd>
        </dl>
        {shown.trial ? (
          <p>Your trial goes on. The yearly price is charged when it ends.</p>
        ) : (
          <p>The amounts are Stripe's. The year begins now, and your payment method is charged at once.</p>
        )}
        <div class="actions">
          <form method="post" action="/account/plan/year">
            <FormToken value={formToken} />
            <input type="hidden" name="due_now" value={String(shown.due_now)} />
            <input type="hidden" name="at_s" value={String(shown.at_s)} />
            <button class="primary">
              {shown.trial ? "Change to the year" : `Pay ${money(shown.due_now)} and change`}
            </button>
          </form>
          <a class="button" href="/account/plan">
            Stay with the month
          </a>
        </div>
      </section>
    </AccountFrame>
  );
}
