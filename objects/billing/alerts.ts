/** Things of billing an operator should look at, as one JSON line: ids and counts, nothing of a person. */
export function logAlert(
  alert: "duplicate_subscriptions" | "customer_missing" | "dispute_lost" | "event_waits",
  userId: string,
  fields: Record<string, string | number>,
): void {
  console.warn(JSON.stringify({ level: "warn", event: "billing_alert", alert, user: userId, ...fields }));
}
