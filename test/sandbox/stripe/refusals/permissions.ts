/** What a restricted key may do. Each route needs one permission of its resource, as Stripe's dashboard lists them. */
import { StripeFault } from "../errors.ts";

/** Resource of a path, the most particular first. */
const RESOURCES: [RegExp, string][] = [
  [/^\/v1\/billing_portal\//, "customer_portal"],
  [/^\/v1\/checkout\/sessions/, "checkout_session"],
  [/^\/v1\/payment_pages/, "checkout_session"],
  [/^\/v1\/(charges|refunds)/, "charge"],
  [/^\/v1\/customers/, "customer"],
  [/^\/v1\/disputes/, "dispute"],
  [/^\/v1\/events/, "event"],
  [/^\/v1\/(invoices|invoice_payments|invoiceitems)/, "invoice"],
  [/^\/v1\/payment_intents/, "payment_intent"],
  [/^\/v1\/payment_methods/, "payment_method"],
  [/^\/v1\/prices/, "plan"],
  [/^\/v1\/products/, "product"],
  [/^\/v1\/subscriptions/, "subscription"],
  [/^\/v1\/webhook_endpoints/, "webhook"],
  [/^\/v2\/core\/event_destinations/, "event_destination"],
];

/** The permission a route needs, e.g. "charge_read"; undefined: none. */
function permissionOf(operation: string): string | undefined {
  const [method = "", path = ""] = operation.split(" ");
  const resource = RESOURCES.find(([pattern]) => pattern.test(path))?.[1];
  return resource === undefined ? undefined : `${resource}_${method === "GET" ? "read" : "write"}`;
}

/**
 * @param granted `undefined`: the key is not restricted
 * @throws StripeFault 403 that names the permission the key lacks
 */
export function checkPermission(
  key: string,
  granted: readonly string[] | undefined,
  operation: string | undefined,
): void {
  const needed = operation === undefined ? undefined : permissionOf(operation);
  if (granted === undefined || needed === undefined) return;
  if (granted.includes(needed) || granted.includes(needed.replace(/_read$/, "_write"))) return;
  throw new StripeFault(
    403,
    "invalid_request_error",
    `The provided key '${key.slice(0, 8)}*********${key.slice(-4)}' does not have the required permissions for this endpoint on account 'acct_1Sandbox'. Having the 'rak_${needed}' permission would allow this request to continue.`,
    { code: "more_permissions_required" },
  );
}
