/** Facts of the seed that tests and `npm start` use. Nothing here reaches a real service. */
export const STRIPE_API_VERSION = "2026-10-28.endive";

/** A second, for reading durations. */
export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

export const STRIPE_SANDBOX = {
  secretKey: "sk_test_sandbox_51SANDBOXsandboxSANDBOX",
  /** The same account in live mode: its objects are apart. */
  liveSecretKey: "sk_live_sandbox_51SANDBOXsandboxSANDBOX",
  /** Of another account, which has nothing of this one's. */
  otherAccountKey: "sk_test_other_51OTHERotherOTHERotherOTHER",
  /** Signing secret of the endpoint that `options.webhookUrl` registers. */
  webhookSecret: "whsec_sandboxSANDBOXsandboxSANDBOX01",
  product: "prod_SandboxPremium",
  productName: "ClickUp MCP Premium",
  /** Lookup keys of the prices. */
  priceMonthly: "premium_monthly",
  priceYearly: "premium_yearly",
  priceMonthlyId: "price_1SandboxPremiumMonthly01",
  priceYearlyId: "price_1SandboxPremiumYearly001",
  /** In cents of `currency`. */
  amountMonthly: 900,
  amountYearly: 9_000,
  currency: "usd",
  /** A price of another product of the same account: must grant nothing. */
  otherProduct: "prod_SandboxTShirt",
  otherPriceId: "price_1SandboxTShirtMonthly01",
  portalConfiguration: "bpc_1SandboxPortal0000000001",
  /** 20 % off the first payment. */
  coupon: "SANDBOX20",
  promotionCode: "WELCOME20",
  /** Free for ever: a total of 0. */
  freeCoupon: "SANDBOX100",
  freePromotionCode: "FRIENDS",
} as const;

/** Payment methods that tests attach instead of typing a card. */
export const TEST_CARDS = {
  visa: "pm_card_visa",
  mastercard: "pm_card_mastercard",
  amex: "pm_card_amex",
  /** Attaches, then every charge is declined. */
  declines: "pm_card_chargeCustomerFail",
  insufficientFunds: "pm_card_visa_chargeDeclinedInsufficientFunds",
  /** Refused at once. */
  refused: "pm_card_chargeDeclined",
  threeDSecure: "pm_card_threeDSecure2Required",
  /** Charges succeed and are disputed. */
  dispute: "pm_card_createDispute",
  inquiry: "pm_card_createDisputeInquiry",
} as const;
