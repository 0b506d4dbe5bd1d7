/**
 * Which browser pages may call us from another origin. MCP clients that are programs send no Origin; a page needs
 * to be listed (`ALLOWED_ORIGINS`), our own, or, in development, on this machine (MCP Inspector). Credentials are
 * never allowed: a page must carry its own bearer token. The discovery documents follow the same list.
 */
import { isLoopback, type Config } from "./env.ts";

/** Sent with every answer where the origin is https: browsers stay with it for a year (RFC 6797). */
export const HSTS = { name: "Strict-Transport-Security", value: "max-age=31536000" } as const;

/** True when a page of `origin` may call us. */
export function isAllowedOrigin(config: Config, origin: string): boolean {
  if (origin === config.origin || config.allowedOrigins.includes(origin)) return true;
  return config.environment === "development" && URL.canParse(origin) && isLoopback(new URL(origin).hostname);
}

/** True when the request was sent to us under our name; in development, under any name of this machine. */
export function isOurHost(config: Config, url: URL): boolean {
  if (url.host === new URL(config.origin).host) return true;
  return config.environment === "development" && isLoopback(url.hostname);
}
