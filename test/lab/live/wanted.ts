import type { Wanted } from "../../../scripts/ops/stripe-account.ts";

/** Apart from what `npm run stripe:setup` makes: the account may be in use for staging. */
export const WANTED: Wanted = {
  productName: "ClickUp MCP billing check",
  currency: "usd",
  offers: [
    { interval: "month", lookupKey: "clickup_mcp_check_monthly", amount: 900 },
    { interval: "year", lookupKey: "clickup_mcp_check_yearly", amount: 9_000 },
  ],
  publicUrl: "https://mcp.example.com",
  webhook: false,
  mark: "billing-check",
};
