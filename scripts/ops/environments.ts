/** The three environments and what is named after them. */
import { OperatorError } from "./operator-error.ts";

export const ENVIRONMENTS = ["development", "staging", "production"] as const;
export type Environment = (typeof ENVIRONMENTS)[number];

/** The KV bindings every environment has a namespace of its own for. */
export const KV_BINDINGS = ["OAUTH_KV", "USER_MAPPINGS"] as const;

/** Without these the server answers 503; both are generated. */
export const GENERATED_SECRETS = ["ENCRYPTION_KEY", "JWT_SECRET"] as const;
/** Asked for; the server works without them, with less. */
export const ASKED_SECRETS = [
  "CLICKUP_CLIENT_ID",
  "CLICKUP_CLIENT_SECRET",
  "STRIPE_SECRET_KEY",
  "STRIPE_WEBHOOK_SECRET",
  "STRIPE_PRICE_ID",
  "STRIPE_PORTAL_CONFIGURATION",
] as const;

/** @throws OperatorError for anything but one of the three; "dev" is short for development */
export function environmentOf(name: string | undefined): Environment {
  const found = ENVIRONMENTS.find((e) => e === name || (name === "dev" && e === "development"));
  if (found === undefined) {
    throw new OperatorError(
      `Name the environment: --env development, --env staging or --env production${name === undefined ? "" : ` (not "${name}")`}.`,
    );
  }
  return found;
}

/** Wrangler's option for it. Development is the top level of wrangler.jsonc, which an empty name selects. */
export function envArgs(environment: Environment): [string, string] {
  return ["--env", environment === "development" ? "" : environment];
}

export function workerName(environment: Environment): string {
  return environment === "development" ? "clickup-mcp" : `clickup-mcp-${environment}`;
}

export function kvTitle(environment: Environment, binding: string): string {
  return `clickup-mcp-${environment}-${binding}`;
}

/** The short form in script names, such as `secrets:dev`. */
export function shortName(environment: Environment): string {
  return environment === "development" ? "dev" : environment;
}
