/**
 * Hosts a client's metadata document is never fetched from. The platform keeps requests of ours on the public
 * internet (`global_fetch_strictly_public`); names and addresses that are private by their looks are refused before
 * anything is asked, so that a local stack does not become a way into its network either.
 */

const PRIVATE_NAME = /(^|\.)(localhost|local|internal|intranet|lan|home|corp|private|test|invalid|onion)$/;
const IPV4 = /^\d{1,3}(\.\d{1,3}){3}$/;

/** True for a client id that is a URL with an address for a host, or with a name that is not public. */
export function isPrivateClientId(clientId: string): boolean {
  if (!/^https?:/i.test(clientId) || !URL.canParse(clientId)) return false;
  const { hostname } = new URL(clientId);
  const name = hostname.replace(/\.$/, "");
  return name.startsWith("[") || IPV4.test(name) || PRIVATE_NAME.test(name) || !name.includes(".");
}
