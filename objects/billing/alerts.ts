/** Things of billing an operator should look at, as one JSON line: ids and counts, nothing of a person. */
export function logAlert(
  alert:
    | "duplicate_subscriptions"
    | "customer_missing"
    /** The key sees our price but not this customer: the plan stays as it was. */
    | "customer_unknown"
    /** A subscription runs for the user by another customer than the plan goes by. */
    | "second_customer"
    /** Something else of the Stripe account goes on running for a user who is gone. */
    | "others_run_on"
    | "dispute_lost"
    | "event_waits",
  userId: string,
  fields: Record<string, string | number>,
): void {
  console.warn(JSON.stringify({ level: "warn", event: "billing_alert", alert, user: userId, ...fields }));
}
