/** The steps of the smoke test. Each looks at one promise of a deployment from outside; none writes to ClickUp. */
import { inWords, readHealth, serves } from "./health.ts";

export interface SmokeTarget {
  origin: string;
  /** A token of a test user; `null`: only what needs none. */
  token: string | null;
  /** Also spend the whole limit of the user for a minute. */
  limit: boolean;
  /** Also open a Checkout page; that makes a customer in Stripe. */
  checkout: boolean;
}

const LEAST_TOOLS = 5;

export interface Step {
  name: string;
  /** @returns what was seen. @throws Error when the promise is not kept */
  run(): Promise<string>;
}

export function stepsFor({ origin, token, limit, checkout }: SmokeTarget): Step[] {
  const steps: Step[] = [
    { name: "health", run: () => health(origin) },
    { name: "login page", run: () => loginPage(origin) },
    { name: "discovery", run: () => discovery(origin) },
    { name: "a request without a token", run: () => withoutToken(origin) },
    { name: "unknown address", run: () => unknownAddress(origin) },
    { name: "no operator's surface", run: () => noAdmin(origin) },
  ];
  if (token === null) return steps;
  steps.push(
    { name: "api-key refuses a wrong key", run: () => apiKey(origin, token) },
    { name: "tools/list", run: () => toolsList(origin, token) },
    { name: "tools/call", run: () => toolsCall(origin, token) },
    { name: "checkout", run: () => (checkout ? openCheckout(origin, token) : sellsAnything(origin, token)) },
  );
  if (limit) steps.push({ name: "the limit", run: () => spendLimit(origin, token) });
  return steps;
}

function must(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(message);
}

async function health(origin: string): Promise<string> {
  const read = await readHealth(origin);
  must(read.ok, read.ok ? "" : read.why);
  must(serves(read.health), inWords(read.health));
  return `${inWords(read.health)}, ${read.health.environment} ${read.health.version}`;
}

async function loginPage(origin: string): Promise<string> {
  const response = await fetch(`${origin}/auth/login`);
  const html = await response.text();
  must(response.status === 200 && html.includes("<form"), `${response.status}, no form`);
  must(response.headers.has("content-security-policy"), "the page has no Content-Security-Policy");
  return "a form, under a Content-Security-Policy";
}

async function discovery(origin: string): Promise<string> {
  const resource = (await (await fetch(`${origin}/.well-known/oauth-protected-resource`)).json()) as {
    resource: string;
  };
  const server = (await (await fetch(`${origin}/.well-known/oauth-authorization-server`)).json()) as {
    issuer: string;
    code_challenge_methods_supported: string[];
  };
  must(
    resource.resource === origin,
    `the resource is ${resource.resource}, not ${origin}: PUBLIC_URL is wrong`,
  );
  must(server.issuer === origin, `the issuer is ${server.issuer}, not ${origin}: PUBLIC_URL is wrong`);
  must(server.code_challenge_methods_supported.join() === "S256", "PKCE is not S256 alone");
  return "resource and issuer are this origin, PKCE S256";
}

async function withoutToken(origin: string): Promise<string> {
  const response = await rpc(origin, null, "tools/list");
  must(response.status === 401, `answered ${response.status}, expected 401`);
  must(response.headers.get("www-authenticate")?.includes("resource_metadata") ?? false, "no challenge");
  return "401 with the address of the metadata";
}

async function unknownAddress(origin: string): Promise<string> {
  const response = await fetch(`${origin}/no-such-page`);
  must(response.status === 404, `answered ${response.status}`);
  return "404";
}

async function noAdmin(origin: string): Promise<string> {
  for (const path of ["/admin", "/admin/users", "/health/ready", "/metrics"]) {
    const { status } = await fetch(`${origin}${path}`);
    must(status === 404, `${path} answered ${status}, expected 404`);
  }
  return "nothing of it is public";
}

/** A malformed key is refused before ClickUp is asked; the stored credential stays. */
async function apiKey(origin: string, token: string): Promise<string> {
  const response = await fetch(`${origin}/auth/api-key`, {
    method: "POST",
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
    body: JSON.stringify({ api_key: "not-a-key" }),
  });
  must(response.status >= 400 && response.status < 500, `answered ${response.status}, expected 4xx`);
  return `${response.status}`;
}

async function toolsList(origin: string, token: string): Promise<string> {
  const { body } = await ok(await rpc(origin, token, "tools/list"));
  const { tools } = (body as { result: { tools: { name: string }[] } }).result;
  // A read-only token on the free tier sees the fewest.
  must(tools.length >= LEAST_TOOLS, `only ${tools.length} tools`);
  return `${tools.length} tools`;
}

async function toolsCall(origin: string, token: string): Promise<string> {
  const call = async (workspace: string | undefined) => {
    const params = {
      name: "clickup_workspace_hierarchy",
      arguments: workspace === undefined ? {} : { workspace },
    };
    const { body, headers } = await ok(await rpc(origin, token, "tools/call", params));
    const { result } = body as { result: { isError?: boolean; content: { text?: string }[] } };
    return { failed: result.isError === true, text: result.content[0]?.text ?? "", headers };
  };
  const first = await call(undefined);
  // Somebody with several Workspaces is asked which; the question names their ids.
  const named = first.failed ? /\((\d+)\)/.exec(first.text)?.[1] : undefined;
  const { failed, text, headers } = named === undefined ? first : await call(named);
  must(!failed, text.slice(0, 200));
  return `hierarchy read, ${headers.get("x-ratelimit-remaining") ?? "?"} requests left`;
}

/** A body that is refused before Stripe is asked: the refusal tells whether billing is on. */
async function sellsAnything(origin: string, token: string): Promise<string> {
  const { status } = await askCheckout(origin, token, { interval: "never" });
  must(status === 400 || status === 503, `answered ${status}, expected 400 or 503`);
  return status === 503 ? "503, billing is off" : "billing is on (nothing was opened)";
}

async function openCheckout(origin: string, token: string): Promise<string> {
  const { status } = await askCheckout(origin, token, {});
  const meanings: Record<number, string> = {
    200: "a Checkout page",
    409: "premium already",
    503: "billing is off",
  };
  const meaning = meanings[status];
  must(meaning !== undefined, `answered ${status}, expected 200, 409 or 503`);
  return `${status}, ${meaning}`;
}

function askCheckout(origin: string, token: string, body: object): Promise<Response> {
  return fetch(`${origin}/stripe/create-checkout`, {
    method: "POST",
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
}

/** Sends until 429, which must come after exactly the limit the headers name. */
async function spendLimit(origin: string, token: string): Promise<string> {
  const first = await rpc(origin, token, "tools/list");
  await first.arrayBuffer();
  if (first.status === 429) throw new Error("the limit is spent already; wait a minute");
  const limit = Number(first.headers.get("x-ratelimit-limit"));
  const left = Number(first.headers.get("x-ratelimit-remaining"));
  must(Number.isInteger(limit) && limit > 0, "no X-RateLimit-Limit");
  for (let sent = 0; sent <= left; sent++) {
    const response = await rpc(origin, token, "tools/list");
    await response.arrayBuffer();
    if (response.status !== 429) {
      must(response.status === 200, `answered ${response.status}`);
      continue;
    }
    must(sent === left, `refused after ${sent} more requests, ${left} were left`);
    must(response.headers.has("retry-after"), "429 without Retry-After");
    return `request ${limit + 1} of the minute answered 429, try again in ${response.headers.get("retry-after") ?? ""} s`;
  }
  throw new Error(`more than ${limit} requests passed in a minute`);
}

function rpc(origin: string, token: string | null, method: string, params?: unknown): Promise<Response> {
  return fetch(`${origin}/mcp`, {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      ...(token === null ? {} : { Authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, ...(params === undefined ? {} : { params }) }),
  });
}

async function ok(response: Response): Promise<{ body: unknown; headers: Headers }> {
  const text = await response.text();
  must(response.status === 200, `answered ${response.status}: ${text.slice(0, 200)}`);
  return { body: JSON.parse(text), headers: response.headers };
}
