/** Reading a customer, and finding out what a "No such customer" means. */
import type { Stripe } from "stripe";
import type { CustomerReading, CustomerState, PortResult } from "../../../objects/billing/billing-port.ts";
import type { BillingConfig } from "../../env.ts";
import { Misconfigured, trouble } from "../checks/trouble.ts";
import { disputesOf } from "../disputes.ts";
import { UnexpectedAnswer } from "../failures.ts";
import { idOf, subscriptionsOf } from "../subscriptions.ts";

/** @returns `null` for a customer that Stripe calls deleted. @throws what the SDK throws */
export async function readCustomer(
  stripe: Stripe,
  config: BillingConfig,
  customerId: string,
  { userId, disputes, disputed, person, thorough }: CustomerReading,
): Promise<CustomerState | null> {
  const [customer, subscriptions, found] = await Promise.all([
    person || thorough ? retrieve(stripe, customerId) : null,
    subscriptionsOf(stripe, config, customerId, userId),
    disputesOf(stripe, customerId, { ids: disputes, disputed, all: thorough }),
  ]);
  if (customer?.deleted === true) return null;
  return { ...subscriptions, disputes: found, customer: customer === null ? null : factsOf(customer) };
}

function factsOf({ email, name, invoice_settings }: Stripe.Customer): CustomerState["customer"] {
  const method = invoice_settings.default_payment_method;
  return { email, name: name ?? null, defaultMethod: method ? idOf(method) : null };
}

async function retrieve(
  stripe: Stripe,
  customerId: string,
): Promise<Stripe.Customer | Stripe.DeletedCustomer> {
  const customer = await stripe.customers.retrieve(customerId);
  if (customer.object !== "customer") throw new UnexpectedAnswer("no customer");
  return customer;
}

/**
 * Stripe said "No such customer" once. That is no proof: a key of another account hears the same of everybody. Asks
 * for the customer, for their subscription, and for our price.
 * @returns what is the matter with the customer
 * @throws Misconfigured when the key does not see our price either, UnexpectedAnswer when somebody is there after all
 */
export async function diagnose(
  stripe: Stripe,
  config: BillingConfig,
  customerId: string,
  subscriptionId: string | null,
): Promise<"customer_deleted" | "customer_unknown"> {
  const customer = await present(() => retrieve(stripe, customerId));
  if (customer?.deleted === true) return "customer_deleted";
  if (customer !== null) throw new UnexpectedAnswer("a customer that is there was denied");
  const price =
    config.priceId === null ? null : await present(() => stripe.prices.retrieve(config.priceId ?? ""));
  if (price === null) throw new Misconfigured(trouble("wrong_account"));
  if (subscriptionId !== null) {
    const subscription = await present(() => stripe.subscriptions.retrieve(subscriptionId));
    if (subscription !== null) throw new UnexpectedAnswer("a subscription without its customer");
  }
  return "customer_unknown";
}

/** `null` when Stripe knows no such thing. */
async function present<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if ((error as { code?: string; statusCode?: number }).code === "resource_missing") return null;
    if (/No such /i.test((error as Error).message)) return null;
    throw error;
  }
}

/** Customers whose metadata name the user. Where an account has no search, nobody. */
export async function customersNaming(stripe: Stripe, userId: string): Promise<string[]> {
  const found: string[] = [];
  for (let page: string | undefined; ;) {
    const answer = await stripe.customers.search({
      query: `metadata['user_id']:'${userId}'`,
      limit: 100,
      ...(page === undefined ? {} : { page }),
    });
    if (!Array.isArray(answer.data)) throw new UnexpectedAnswer("no list of customers");
    found.push(...answer.data.map(({ id }) => id));
    page = answer.next_page ?? undefined;
    if (!answer.has_more || page === undefined) return found;
  }
}

/** A search that Stripe does not offer is no reason to do nothing at all. */
export function withoutSearch(result: PortResult<string[]>): PortResult<string[]> {
  return !result.ok && result.problem.kind === "refused" ? { ok: true, value: [] } : result;
}
