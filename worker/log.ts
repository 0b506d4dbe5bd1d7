/** One JSON line per event, without secrets. */

const SECRETS: [RegExp, string][] = [
  [/\bpk_[A-Za-z0-9_]+/g, "pk_[redacted]"],
  [/\b(sk|rk)_(test|live)_[A-Za-z0-9_]+/g, "$1_[redacted]"],
  [/\bwhsec_[A-Za-z0-9_+/=]+/g, "whsec_[redacted]"],
  [/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, "[redacted jwt]"],
  [/\bu_[a-z2-7]{20}:[^\s"':]+:[^\s"']+/g, "[redacted token]"],
  [/\b(Bearer|Basic)\s+[^\s"',]+/gi, "$1 [redacted]"],
  [
    /\b(code|state|token|access_token|refresh_token|client_secret|api_key|password)=[^&\s"']+/gi,
    "$1=[redacted]",
  ],
];

/** What every one of the patterns needs at least: most lines have none of it and are let through at once. */
const SUSPECT = /pk_|[sr]k_|whsec_|eyJ|u_[a-z2-7]{20}:|bearer|basic|=/i;

/** Replaces what looks like a credential. The last line of defence: credentials should not get this far. */
export function redact(text: string): string {
  if (!SUSPECT.test(text)) return text;
  return SECRETS.reduce((current, [pattern, replacement]) => current.replace(pattern, replacement), text);
}

type Fields = Record<string, string | number | boolean | null | undefined>;

/**
 * Logs `event` with `fields` as one JSON line; every string goes through `redact`.
 * @param more JSON of an object with further fields
 */
export function logEvent(
  level: "info" | "warn" | "error",
  event: string,
  fields: Fields = {},
  more = "{}",
): void {
  const own = JSON.stringify({ level, event, ...fields });
  const line = more === "{}" ? own : `${own.slice(0, -1)},${more.slice(1)}`;
  console[level](SUSPECT.test(line) ? JSON.stringify(redacted(JSON.parse(line) as Fields)) : line);
}

function redacted(fields: Fields): Fields {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, typeof value === "string" ? redact(value) : value]),
  );
}

/** Logs an error of ours under a fresh incident id. The caller shows the id and nothing else. */
export function logIncident(error: unknown, fields: Fields = {}): string {
  const incident = crypto.randomUUID();
  const known = error instanceof Error ? error : new Error(String(error));
  logEvent("error", "incident", {
    incident,
    ...fields,
    name: known.name,
    message: known.message,
    stack: known.stack,
  });
  return incident;
}
