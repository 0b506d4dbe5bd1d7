/** GET /health: whether this isolate is up and configured. Touches no binding. */
import { version } from "../package.json";
import { sellingIsBroken } from "./billing/offers.ts";
import { loadConfig, type Bindings, type BillingConfig } from "./env.ts";
import { apiJson } from "./json.ts";

export function health(request: Request, env: Bindings): Response {
  if (request.method !== "GET" && request.method !== "HEAD") {
    return apiJson(405, { error: "method_not_allowed", message: "Use GET" }, { Allow: "GET, HEAD" });
  }
  const result = loadConfig(env);
  const answer = apiJson(200, {
    status: !result.ok ? "misconfigured" : isDegraded(result.config.billing) ? "degraded" : "healthy",
    timestamp: new Date().toISOString(),
    environment: typeof env.ENVIRONMENT === "string" ? env.ENVIRONMENT : "unknown",
    version,
    ...(result.ok ? billingHealth(result.config.billing) : { misconfigured: result.names }),
  });
  return request.method === "HEAD" ? new Response(null, answer) : answer;
}

type BillingState = "ready" | "webhook_secret_missing" | "price_missing";

/** Absent where nothing is sold. The price is what this isolate last saw of it. */
function billingHealth(billing: BillingConfig | null): {
  billing?: { mode: "test" | "live"; state: BillingState };
} {
  if (billing === null) return {};
  return { billing: { mode: billing.live ? "live" : "test", state: stateOf(billing) } };
}

function isDegraded(billing: BillingConfig | null): boolean {
  return billing !== null && stateOf(billing) !== "ready";
}

function stateOf(billing: BillingConfig): BillingState {
  if (billing.webhookSecrets.length === 0) return "webhook_secret_missing";
  return billing.priceId === null || sellingIsBroken() ? "price_missing" : "ready";
}
