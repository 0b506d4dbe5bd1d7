/**
 * What must not get out, and where each thing may be seen after all. Secrets of the configuration are known from the
 * start; tokens, codes, cookies and session ids become known as they are presented or handed out. One register for the
 * isolate, which the tests, the Worker and the objects share.
 */

export type SecretKind =
  /** Keys and secrets of the configuration, and what a client proves itself with. */
  | "key"
  /** A ClickUp credential or a code that buys one. */
  | "clickup"
  /** What a client calls with: access token, refresh token, personal token (JWT). */
  | "bearer"
  /** An authorization code on its way to a client. */
  | "code"
  /** The cookie of a signed-in browser, its id, and the token of its forms. */
  | "web-session"
  | "form-token"
  /** A session of an MCP client: worthless without its bearer, and still not for logs. */
  | "mcp-session"
  /** Text of a tool's arguments. */
  | "content";

/** Where a text was seen. `route`: "METHOD /path" of an answer. */
export type Place =
  | { at: "log" }
  | { at: "header"; route: string; name: string }
  | { at: "body"; route: string; type: string }
  | { at: "table"; table: string }
  | { at: "r2" }
  | { at: "kv"; namespace: string };

/** Pages and endpoints that hand out a bearer: to the one it was made for, once. */
const HANDS_OUT_BEARERS = /^(POST \/token|POST \/auth\/login|GET \/auth\/callback|POST \/account\/tokens)$/;
const REDIRECTS_TO_CLIENTS = /^(GET|POST) \/(authorize(\/\w+)?|auth\/callback)$/;
const RECORDS = new Set(["journal", "outbox_batch", "outbox_state", "control_log", "usage_days", "devices"]);

/** Everything that is not named here is nowhere allowed. */
const ALLOWED: Record<SecretKind, (place: Place) => boolean> = {
  key: (place) =>
    place.at === "body" && place.route === "POST /register" && place.type === "application/json",
  clickup: () => false,
  bearer: (place) => place.at === "body" && HANDS_OUT_BEARERS.test(place.route),
  code: (place) =>
    place.at === "header" && place.name === "location" && REDIRECTS_TO_CLIENTS.test(place.route),
  "web-session": (place) =>
    (place.at === "header" && place.name === "set-cookie") ||
    (place.at === "table" && place.table === "web_sessions"),
  "form-token": (place) => place.at === "body" && place.type === "text/html",
  "mcp-session": (place) =>
    (place.at === "header" && place.name === "mcp-session-id") ||
    (place.at === "table" && /^(sessions|session_events|paywall_waits)$/.test(place.table)) ||
    // The first event of a 2024-11-05 stream says where to post.
    (place.at === "body" && place.route === "GET /sse" && place.type === "text/event-stream"),
  // Answers and the caches and logs of answers are made of content; the record, R2 and the logs hold none.
  content: (place) =>
    place.at === "header" ||
    place.at === "body" ||
    place.at === "kv" ||
    (place.at === "table" && !RECORDS.has(place.table)),
};

/** Shorter texts, and those of few characters, are found by chance. */
const LEAST_CHARS = 12;
const LEAST_DIFFERENT = 6;
/** Tests with thousands of tasks need not have every title looked for. */
const MOST_CONTENT = 1_000;

interface Known {
  kind: SecretKind;
  forms: string[];
}

interface Register {
  known: Map<string, Known>;
  contents: number;
  leaks: Set<string>;
  logs: string[];
  users: Set<string>;
  /** False where what is sent is made up: then it is no secret. */
  trustful: boolean;
}

const SLOT = Symbol.for("clickup-mcp test secrets");
const holder = globalThis as { [SLOT]?: Register };
export const register: Register = (holder[SLOT] ??= {
  known: new Map(),
  contents: 0,
  leaks: new Set(),
  logs: [],
  users: new Set(),
  trustful: true,
});

/** From now on `value` is looked for. What is too short to be a secret is not taken. */
export function learn(kind: SecretKind, value: string | null | undefined): void {
  if (value === null || value === undefined || value.length < LEAST_CHARS || register.known.has(value))
    return;
  if (new Set(value).size < LEAST_DIFFERENT) return;
  if (kind === "content" && ++register.contents > MOST_CONTENT) return;
  const forms = [value, encodeURIComponent(value), JSON.stringify(value).slice(1, -1), base64(value)];
  register.known.set(value, { kind, forms: [...new Set(forms)] });
}

/** Notes every known secret in `text` that may not be seen at `place`. */
export function look(text: string, place: Place): void {
  for (const [value, { kind, forms }] of register.known) {
    if (!forms.some((form) => text.includes(form)) || ALLOWED[kind](place)) continue;
    // The leak is named so that it can be found, without being shown.
    register.leaks.add(`${kind} ${value.slice(0, 4)}… (${value.length} characters) in ${where(place)}`);
  }
}

/** The leaks noted so far; forgets them. */
export function takeLeaks(): string[] {
  const leaks = [...register.leaks];
  register.leaks.clear();
  return leaks;
}

function where(place: Place): string {
  switch (place.at) {
    case "log":
      return "a log line";
    case "header":
      return `the header ${place.name} of ${place.route}`;
    case "body":
      return `the answer of ${place.route} (${place.type})`;
    case "table":
      return `the table ${place.table} of a user's object`;
    case "r2":
      return "an object of R2";
    case "kv":
      return `KV ${place.namespace}`;
  }
}

function base64(value: string): string {
  const binary = Array.from(new TextEncoder().encode(value), (b) => String.fromCharCode(b)).join("");
  // The last group depends on what follows.
  return btoa(binary).slice(0, Math.floor(binary.length / 3) * 4);
}
