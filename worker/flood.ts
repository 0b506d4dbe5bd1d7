/**
 * Flood protection of what can be reached without a token, by the platform's rate-limit bindings: counted per
 * client address and place, roughly, at the edge. It keeps floods away; the exact limits of users are their
 * object's. Without the binding, or without an address (no edge in front), requests pass.
 */
import type { App, AppContext } from "./context.ts";
import { errorPage } from "./html.tsx";
import { apiJson } from "./json.ts";
import { logEvent } from "./log.ts";

/** The window of the bindings in wrangler.jsonc. */
const WINDOW_SECONDS = 60;

/**
 * `/token` has a wider one of its own: hosted clients redeem and refresh for all their users from few addresses.
 */
const LIMITS = [
  { binding: "SIGN_IN_LIMIT", paths: ["/authorize", "/authorize/*", "/register", "/auth/*"] },
  { binding: "TOKEN_LIMIT", paths: ["/token"] },
] as const;

export function limitFloods(app: App): void {
  for (const { binding, paths } of LIMITS) {
    for (const path of paths) {
      app.use(path, async (c, next) => {
        if (await passes(c, binding, path)) return next();
        logEvent("warn", "flood", { path });
        return tooMany(c);
      });
    }
  }
}

async function passes(c: AppContext, binding: string, place: string): Promise<boolean> {
  const limiter = c.env[binding] as RateLimit | undefined;
  const address = c.req.header("CF-Connecting-IP");
  if (limiter === undefined || address === undefined) return true;
  const { success } = await limiter.limit({ key: `${place} ${networkOf(address)}` });
  return success;
}

/** Whoever has an IPv6 address has its whole /64: that counts as one (RFC 6177). */
export function networkOf(address: string): string {
  if (!address.includes(":")) return address;
  const [head = "", tail] = address.toLowerCase().split("::");
  const groups = head === "" ? [] : head.split(":");
  const after = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - groups.length - after.length);
  const all = [...groups, ...Array.from({ length: zeros }, () => "0"), ...after];
  return `${all
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ""))
    .join(":")}::/64`;
}

function tooMany(c: AppContext): Response {
  const headers = { "Retry-After": String(WINDOW_SECONDS) };
  const message = "Too many requests from your address. Wait a minute and try again.";
  if (c.req.header("Accept")?.includes("text/html")) {
    return errorPage(429, { title: "Too many requests", message }, new Headers(headers));
  }
  return apiJson(429, { error: "too_many_requests", error_description: message }, headers);
}
