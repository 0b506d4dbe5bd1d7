/** GET /health: whether this isolate is up and configured. Calls nobody; where something is sold it reads KV, rarely. */
import { version } from "../package.json";
import { billingHealth, isDegraded } from "./billing/health.ts";
import { loadConfig, type Bindings } from "./env.ts";
import { apiJson } from "./json.ts";

export async function health(request: Request, env: Bindings): Promise<Response> {
  if (request.method !== "GET" && request.method !== "HEAD") {
    return apiJson(405, { error: "method_not_allowed", message: "Use GET" }, { Allow: "GET, HEAD" });
  }
  const result = loadConfig(env);
  // Absent where nothing is sold.
  const selling = result.ok ? result.config.billing : null;
  const billing = selling === null ? undefined : await billingHealth(env, selling);
  const degraded = billing !== undefined && isDegraded(billing);
  const answer = apiJson(200, {
    status: !result.ok ? "misconfigured" : degraded ? "degraded" : "healthy",
    timestamp: new Date().toISOString(),
    environment: typeof env.ENVIRONMENT === "string" ? env.ENVIRONMENT : "unknown",
    version,
    // Cloudflare's id of the version that answers; null where nothing was deployed.
    deployment: env.VERSION_METADATA?.id ?? null,
    ...(billing === undefined ? {} : { billing }),
    ...(result.ok ? {} : { misconfigured: result.names }),
  });
  return request.method === "HEAD" ? new Response(null, answer) : answer;
}
