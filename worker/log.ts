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

/** What every one of the patterns needs at least: most strings have none of it and are let through at once. */
const SUSPECT = /pk_|[sr]k_|whsec_|eyJ|:|bearer|basic|=/i;

/** Replaces what looks like a credential. The last line of defence: credentials should not get this far. */
export function redact(text: string): string {
  if (!SUSPECT.test(text)) return text;
  return SECRETS.reduce((current, [pattern, replacement]) => current.replace(pattern, replacement), text);
}

type Fields = Record<string, string | number | boolean | null | undefined>;

/** Logs `event` with `fields` as one JSON line; every string goes through `redact`. */
export function logEvent(level: "info" | "warn" | "error", event: string, fields: Fields = {}): void {
  const line: Fields = { level, event };
  for (const [name, value] of Object.entries(fields)) {
    line[name] = typeof value === "string" ? redact(value) : value;
  }
  console[level](JSON.stringify(line));
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
