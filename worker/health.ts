/** GET /health: whether this isolate is up and configured. Touches no binding. */
import { version } from "../package.json";
import { loadConfig, type Bindings } from "./env.ts";
import { apiJson } from "./json.ts";

export function health(request: Request, env: Bindings): Response {
  if (request.method !== "GET" && request.method !== "HEAD") {
    return apiJson(405, { error: "method_not_allowed", message: "Use GET" }, { Allow: "GET, HEAD" });
  }
  const result = loadConfig(env);
  const answer = apiJson(200, {
    status: result.ok ? "healthy" : "misconfigured",
    timestamp: new Date().toISOString(),
    environment: typeof env.ENVIRONMENT === "string" ? env.ENVIRONMENT : "unknown",
    version,
    ...(result.ok ? {} : { misconfigured: result.names }),
  });
  return request.method === "HEAD" ? new Response(null, answer) : answer;
}
