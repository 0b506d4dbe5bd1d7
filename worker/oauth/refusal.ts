/** What becomes of a refusal of the OAuth library on one of the authorization pages. */
import { AuthorizationError, CimdFetchError } from "@cloudflare/workers-oauth-provider";
import { errorPage, redirectTo } from "../html.tsx";
import { logEvent } from "../log.ts";

/**
 * A redirect only where the library validated the target (its URL carries `state` and, by RFC 9207, `iss`),
 * otherwise a page. Anything else is ours and goes on as an error.
 */
export function answerOAuthRefusal(error: unknown): Response {
  if (error instanceof AuthorizationError) {
    if (error.redirectTo) return redirectTo(error.redirectTo, new Headers(), 302);
    return errorPage(400, {
      title: "This sign-in cannot go on",
      // The library's own advice ends some of its sentences; ours names where to start.
      message: `${error.description.replace(/; start again$/, "")}. Start again from your application.`,
    });
  }
  if (error instanceof CimdFetchError) {
    logEvent("warn", "cimd_fetch", { reason: error.reason, url: error.metadataUrl, detail: error.detail });
    return errorPage(400, {
      title: "The application could not be verified",
      message: "Its description could not be fetched or is not valid. Ask its maker, or try again later.",
    });
  }
  throw error;
}
