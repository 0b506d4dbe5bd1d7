/**
 * Which addresses a file may be fetched from. A caller names them, so nothing inside a network may be
 * reachable: no private or reserved address, no local name (OWASP's guidance on server-side request forgery;
 * registries of special-purpose addresses, RFC 6890). Names are judged as written, not by what DNS answers:
 * workers reach the public network only.
 */

/** Why the address is refused, in words that continue "url: ", or the address ready to fetch. */
export type AddressVerdict = { ok: true; url: URL } | { ok: false; reason: string };

const LOCAL_SUFFIXES = [
  "localhost",
  "local",
  "localdomain",
  "internal",
  "intranet",
  "private",
  "corp",
  "home",
  "lan",
  "arpa",
  "onion",
];

/** First address and prefix length of IPv4 ranges that are not public. */
const RESERVED_V4: readonly (readonly [string, number])[] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 3],
];

/** https only, standard port, no credentials, a public name or address. */
export function judgeAddress(text: string): AddressVerdict {
  if (!URL.canParse(text.trim())) {
    return refused("it is not a URL");
  }
  const url = new URL(text.trim());
  if (url.protocol !== "https:") {
    return refused("only https addresses are fetched");
  }
  if (url.username !== "" || url.password !== "") {
    return refused("it must not carry a user name or password");
  }
  // The parser leaves the standard port out.
  if (url.port !== "") {
    return refused("only the standard https port is used");
  }
  return isPublicHost(url.hostname) ? { ok: true, url } : refused("only public addresses are fetched");
}

function refused(reason: string): AddressVerdict {
  return { ok: false, reason };
}

/** `hostname` as URL gives it: IPv4 in any notation is dotted there, IPv6 stands in brackets. */
export function isPublicHost(hostname: string): boolean {
  if (hostname.startsWith("[")) {
    return isPublicV6(hostname.slice(1, -1));
  }
  const v4 = parseV4(hostname);
  if (v4 !== undefined) {
    return isPublicV4(v4);
  }
  const name = hostname.toLowerCase().replace(/\.+$/, "");
  const labels = name.split(".");
  const last = labels.at(-1) ?? "";
  return labels.length > 1 && labels.every((label) => label !== "") && !LOCAL_SUFFIXES.includes(last);
}

function parseV4(host: string): number | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.?$/.exec(host);
  if (match === null) {
    return undefined;
  }
  return match.slice(1).reduce((sum, part) => sum * 256 + Number(part), 0);
}

function isPublicV4(address: number): boolean {
  return !RESERVED_V4.some(([first, prefix]) => {
    const size = 2 ** (32 - prefix);
    return Math.floor(address / size) === Math.floor((parseV4(first) ?? 0) / size);
  });
}

/** Global unicast is 2000::/3. Within it: tunnels that carry an IPv4 address, and documentation, are refused. */
function isPublicV6(address: string): boolean {
  const groups = expandV6(address);
  const [first = 0, second = 0] = groups;
  if (groups.length !== 8 || first < 0x20_00 || first > 0x3f_ff) {
    return false;
  }
  const special = first === 0x20_01 && (second < 0x2_00 || second === 0xd_b8);
  const sixToFour = first === 0x20_02;
  const documentation = first === 0x3f_ff && second < 0x10_00;
  return !special && !sixToFour && !documentation;
}

function expandV6(address: string): number[] {
  const [head = "", tail] = address.split("::");
  const read = (part: string) =>
    part === "" ? [] : part.split(":").map((group) => Number.parseInt(group, 16));
  const left = read(head);
  if (tail === undefined) {
    return left;
  }
  const right = read(tail);
  return [...left, ...Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => 0), ...right];
}
