/** What is asked for of a Stripe account, and what was done about it. */

export interface Offer {
  interval: "month" | "year";
  lookupKey: string;
  /** In the currency's smallest unit. */
  amount: number;
  /** Nobody asked for this amount: a price that is there stays whatever it costs. */
  keep?: boolean;
}

export interface Wanted {
  productName: string;
  /** That of the price that is there, else usd, unless given. */
  currency?: string | undefined;
  offers: readonly Offer[];
  /** Stripe's code for what is sold; tax and Managed Payments need one. */
  taxCode?: string | undefined;
  /** Origin of the deployment. */
  publicUrl: string;
  /** False: no webhook endpoint. */
  webhook?: boolean;
  /** A price of another amount is replaced by a new one, which takes its lookup key. */
  raise?: boolean;
  /** Who subscribed to a replaced price pays the new one from their next period on. */
  moveSubscribers?: boolean;
  /** Shown in the customer portal. */
  termsUrl?: string | undefined;
  privacyUrl?: string | undefined;
  /** Set on what is made, so that it is found again; "premium" unless given. */
  mark?: string;
}

export interface Part {
  what: string;
  id: string;
  /** False: it was as it should be. */
  made: boolean;
  /** It was there, and was changed or is to be looked at. */
  changed?: boolean;
}
