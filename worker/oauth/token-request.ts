/** What happens to a request of `/token` before the OAuth library sees it. */
import { asAudience } from "./endpoints.ts";
import { isPrivateClientId } from "./cimd-host.ts";

/**
 * The form as the library takes it: the resource is written as the audience, and a `client_id` that repeats the one
 * of HTTP Basic is left out. RFC 6749 section 2.3 forbids two ways of authenticating, not to say twice who one is; a
 * secret or an assertion beside HTTP Basic stays, and is refused by the library.
 */
export function acceptedForm(origin: string, form: URLSearchParams, authorization: string | null): string {
  const accepted = new URLSearchParams(form);
  const resources = form.getAll("resource");
  accepted.delete("resource");
  for (const value of asAudience(origin, resources)) accepted.append("resource", value);
  const named = form.getAll("client_id");
  if (named.length === 1 && named[0] === basicClientId(authorization)) accepted.delete("client_id");
  return accepted.toString();
}

/** True when any of the ids a client names itself by is one whose document is never fetched. */
export function namesPrivateClient(form: URLSearchParams, authorization: string | null): boolean {
  const named = [
    ...form.getAll("client_id"),
    basicClientId(authorization) ?? "",
    ...form.getAll("client_assertion").map(issuerOf),
  ];
  return named.some(isPrivateClientId);
}

/** The user of HTTP Basic, which OAuth writes form-encoded (RFC 6749 section 2.3.1). */
function basicClientId(authorization: string | null): string | undefined {
  const credentials = /^basic[ \t]+(\S+)$/i.exec(authorization?.trim() ?? "")?.[1];
  if (credentials === undefined) return undefined;
  try {
    const [user, password] = atob(credentials).split(/:(.*)/s);
    return password === undefined ? undefined : decodeURIComponent((user ?? "").replaceAll("+", " "));
  } catch {
    return undefined;
  }
}

/** Who an assertion says it is from (RFC 7523 section 3); nothing here is verified. */
function issuerOf(assertion: string): string {
  try {
    const claims = atob((assertion.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/"));
    const text = new TextDecoder().decode(Uint8Array.from(claims, (unit) => unit.charCodeAt(0)));
    const { iss } = JSON.parse(text) as { iss?: unknown };
    return typeof iss === "string" ? iss : "";
  } catch {
    return "";
  }
}
