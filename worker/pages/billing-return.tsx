/** Where Checkout returns to. These pages say how it stands; they show nothing of an account and sign nobody in. */
import { Layout } from "./layout.tsx";

export type ReturnState = "active" | "processing" | "unknown" | "other_account" | "cancelled";

const TEXTS: Record<ReturnState, { title: string; message: string; link: string }> = {
  active: {
    title: "Premium is active",
    message:
      "All tools work from now on. Go back to your client: it sees them at once, or after it reconnects.",
    link: "Your plan",
  },
  processing: {
    title: "Your payment is being confirmed",
    message:
      "This usually takes a few seconds. Some banks take days: Premium begins when yours has confirmed.",
    link: "Your plan",
  },
  unknown: {
    title: "Thank you",
    message: "Your plan changes by itself as soon as the payment is confirmed. Sign in to see it.",
    link: "Your plan",
  },
  other_account: {
    title: "This is another account's page",
    message: "The payment belongs to another account than the one signed in here. Yours did not change.",
    link: "Your plan",
  },
  cancelled: {
    title: "Nothing was bought",
    message: "You left the payment page, and nothing was charged. You can go on whenever you like.",
    link: "Back to your plan",
  },
};

export function BillingReturnPage({ nonce, state }: { nonce: string; state: ReturnState }) {
  const { title, message, link } = TEXTS[state];
  return (
    <Layout nonce={nonce} title={title}>
      <div class="card">
        <h1>{title}</h1>
        <p role="status">{message}</p>
        <div class="actions">
          <a class="button primary" href="/account/plan">
            {link}
          </a>
        </div>
      </div>
    </Layout>
  );
}
