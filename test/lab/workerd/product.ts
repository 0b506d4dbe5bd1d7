/** The product as a service of raw workerd, with secrets of the run only. */
import type { Bundle } from "./bundle.ts";
import type { Binding, WorkerService } from "./config.ts";

export const JWT_SECRET = "bench-jwt-secret-of-at-least-32-bytes!";

/** Where its stores and ClickUp are: names of services. */
export interface Around {
  kv: string;
  r2: string;
  clickup: string;
}

/**
 * @param origin where it is reached, its `PUBLIC_URL`
 * @param vars over the ones given here
 */
export function productService(
  bundle: Bundle,
  origin: string,
  around: Around,
  vars: Record<string, string> = {},
): WorkerService {
  const texts = {
    ENVIRONMENT: "development",
    PUBLIC_URL: origin,
    CLICKUP_API_URL: "https://api.clickup.test/api",
    ENCRYPTION_KEY: Buffer.alloc(32, 7).toString("base64"),
    JWT_SECRET,
    ...vars,
  };
  const bindings: Binding[] = [
    ...Object.entries(texts).map(([name, text]) => ({ name, text })),
    { name: "USER", objects: "UserObject" },
    { name: "OAUTH_KV", kv: around.kv },
    { name: "USER_MAPPINGS", kv: around.kv },
    { name: "AUDIT_LOGS", r2: around.r2 },
  ];
  return { bundle, objects: ["UserObject"], bindings, outbound: around.clickup };
}

/** The Worker that signs users in without a person (test/lab/bench/workers/setup.ts). @param of the product's service */
export function setupService(bundle: Bundle, of: string, origin: string, kv: string): WorkerService {
  return {
    bundle,
    bindings: [
      { name: "USER", objects: "UserObject", of },
      { name: "OAUTH_KV", kv },
      { name: "USER_MAPPINGS", kv },
      { name: "ORIGIN", text: origin },
    ],
  };
}
