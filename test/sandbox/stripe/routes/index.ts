import type { Route } from "../route.ts";
import { catalogRoutes } from "./catalog.ts";
import { checkoutRoutes } from "./checkout.ts";
import { customerRoutes } from "./customers.ts";
import { discountRoutes } from "./discounts.ts";
import { disputeRoutes } from "./disputes.ts";
import { endpointRoutes } from "./endpoints.ts";
import { eventRoutes } from "./events.ts";
import { invoiceRoutes } from "./invoices.ts";
import { paymentRoutes } from "./payments.ts";
import { portalRoutes } from "./portal.ts";
import { previewRoutes } from "./preview.ts";
import { subscriptionRoutes } from "./subscriptions.ts";

/** Every API operation of the sandbox. */
export const routes: readonly Route[] = [
  ...customerRoutes,
  ...catalogRoutes,
  ...discountRoutes,
  ...checkoutRoutes,
  ...subscriptionRoutes,
  ...previewRoutes,
  ...invoiceRoutes,
  ...paymentRoutes,
  ...disputeRoutes,
  ...portalRoutes,
  ...eventRoutes,
  ...endpointRoutes,
];
