/**
 * The protected resources of this server (RFC 9728). People type the address of an endpoint, and a client that follows
 * section 3.3 wants the document it finds for that address to name it, so each endpoint is a resource with a document
 * of its own. Inside there is one audience, the origin: a token for one endpoint works at all of them, and grants
 * name the origin alone. So what a client calls the resource is written as the origin where it enters, at
 * `/authorize` and `/token`.
 */

/** "" is the origin itself, whose document covers what has none of its own: `/auth/api-key` and `/stripe/*`. */
const ENDPOINT_PATHS = ["", "/mcp", "/mcp/", "/sse"] as const;
type EndpointPath = (typeof ENDPOINT_PATHS)[number];

const METADATA_PATH = "/.well-known/oauth-protected-resource";

/** Every resource identifier of the server, the audience first. */
export function resourcesOf(origin: string): string[] {
  return ENDPOINT_PATHS.map((path) => origin + path);
}

/** The resource a request's path belongs to. */
export function resourceAt(origin: string, pathname: string): string {
  const path: EndpointPath =
    pathname === "/mcp" || pathname === "/mcp/"
      ? pathname
      : pathname === "/sse" || pathname.startsWith("/sse/")
        ? "/sse"
        : "";
  return origin + path;
}

/** Where the documents are, by resource (RFC 9728 section 3.1: the path comes after the well-known part). */
export function metadataPaths(origin: string): Map<string, string> {
  return new Map(ENDPOINT_PATHS.map((path) => [METADATA_PATH + path, origin + path]));
}

/** The address of a resource's document. */
export function metadataUrlOf(resource: string): string {
  const { origin } = new URL(resource);
  return origin + METADATA_PATH + resource.slice(origin.length);
}

/**
 * The values of a `resource` parameter as the authorization server knows them (RFC 8707): whatever names an endpoint
 * of ours, with or without a query of the client's own, is the origin. Everything else stays, and is refused there.
 */
export function asAudience(origin: string, values: readonly string[]): string[] {
  return [...new Set(values.map((value) => (namesEndpoint(origin, value) ? origin : value)))];
}

const SCHEME_AND_HOST = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i;

/** Only scheme and host are compared without regard to case; `\`, dots and escapes mean no endpoint of ours. */
function namesEndpoint(origin: string, value: string): boolean {
  if (!/^[\x21-\x7e]+$/.test(value) || value.includes("#")) return false;
  const [bare = ""] = value.split("?", 1);
  const folded = bare.replace(SCHEME_AND_HOST, (start) => start.toLowerCase());
  return folded === `${origin}/` || resourcesOf(origin).includes(folded);
}
