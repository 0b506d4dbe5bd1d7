/**
 * The Worker as tests run it: the same, behind a watch. What comes in teaches the register which tokens, codes and
 * texts to look for; everything that leaves is looked through, headers and bodies, streams as they go.
 */
import worker from "../../worker/index.ts";
import { UserObject as ProductObject } from "../../worker/index.ts";
import type { Bindings } from "../../worker/env.ts";
import { learn, look, register } from "./secrets.ts";

export { Admin } from "../../worker/index.ts";

/** Remembers its name, so that its database can be looked through after the tests. */
export class UserObject extends ProductObject {
  constructor(ctx: DurableObjectState, env: Cloudflare.Env) {
    super(ctx, env);
    if (ctx.id.name !== undefined) register.users.add(ctx.id.name);
  }
}

export default {
  async fetch(request, env, ctx) {
    const route = `${request.method} ${new URL(request.url).pathname}`;
    await learnFromRequest(request);
    return watched(await worker.fetch(request, env, ctx), route);
  },
  scheduled: (controller, env) => worker.scheduled(controller, env),
} satisfies ExportedHandler<Bindings>;

/** Fields of forms and JSON bodies that are secrets of whoever sends them. */
const SECRET_FIELDS = {
  api_key: "clickup",
  clickup_api_key: "clickup",
  refresh_token: "bearer",
  token: "bearer",
  client_secret: "key",
  client_assertion: "key",
  code_verifier: "key",
  form_token: "form-token",
} as const;

const MOST_BODY_BYTES = 256 * 1024;

async function learnFromRequest(request: Request): Promise<void> {
  if (register.trustful)
    learn("bearer", /^Bearer (\S{20,})$/.exec(request.headers.get("Authorization") ?? "")?.[1]);
  const { pathname, searchParams } = new URL(request.url);
  const code = searchParams.get("code") ?? "";
  if (register.trustful && pathname === "/auth/callback" && /^[\w.-]+$/.test(code)) learn("clickup", code);
  const type = request.headers.get("Content-Type") ?? "";
  const length = Number(request.headers.get("Content-Length") ?? "NaN");
  const readable = /^application\/(json|x-www-form-urlencoded)/.test(type) && length <= MOST_BODY_BYTES;
  if (request.method !== "POST" || !readable) return;
  const text = new TextDecoder().decode(await request.clone().arrayBuffer());
  const fields = type.startsWith("application/json") ? jsonFields(text) : new URLSearchParams(text);
  if (register.trustful) {
    for (const [name, kind] of Object.entries(SECRET_FIELDS)) learn(kind, fields.get(name));
  }
  if (register.trustful && pathname === "/mcp")
    for (const content of argumentTexts(text)) learn("content", content);
}

function jsonFields(text: string): Map<string, string> {
  const parsed = parse(text);
  const entries = typeof parsed === "object" && parsed !== null ? Object.entries(parsed) : [];
  return new Map(entries.flatMap(([name, value]) => (typeof value === "string" ? [[name, value]] : [])));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Texts of several words in the arguments of tool calls: what nobody but ClickUp and the caller should hold. */
function argumentTexts(body: string): string[] {
  const parsed = parse(body);
  const messages = Array.isArray(parsed) ? parsed : [parsed];
  const texts: string[] = [];
  const walk = (value: unknown, depth: number): void => {
    if (typeof value === "string" && /\S\s\S/.test(value)) texts.push(value.slice(0, 60));
    else if (typeof value === "object" && value !== null && depth < 6)
      for (const one of Object.values(value)) walk(one, depth + 1);
  };
  for (const message of messages) {
    const { method, params } = (message ?? {}) as { method?: unknown; params?: { arguments?: unknown } };
    if (method === "tools/call") walk(params?.arguments, 0);
  }
  return texts;
}

/** Looks through an answer of `route` ("METHOD /path") and passes it on. */
export async function watched(response: Response, route: string): Promise<Response> {
  learnFromHeaders(response.headers, route);
  for (const [name, value] of response.headers) look(value, { at: "header", route, name });
  if (response.body === null) return response;
  const type = (response.headers.get("Content-Type") ?? "").split(";")[0]?.trim() ?? "";
  if (type === "text/event-stream") {
    return new Response(response.body.pipeThrough(watchedStream(route, type)), response);
  }
  const bytes = await response.arrayBuffer();
  const text = new TextDecoder().decode(bytes);
  learnFromBody(text, type, route);
  look(text, { at: "body", route, type });
  return new Response(bytes, response);
}

/** Passes a stream on and looks through it, across the borders of its chunks. */
function watchedStream(route: string, type: string): TransformStream<Uint8Array, Uint8Array> {
  const decoder = new TextDecoder();
  let tail = "";
  return new TransformStream({
    transform(chunk, controller) {
      const text = tail + decoder.decode(chunk, { stream: true });
      learn("mcp-session", /[?&]sessionId=([\w-]+)/.exec(text)?.[1]);
      look(text, { at: "body", route, type });
      tail = text.slice(-2_000);
      controller.enqueue(chunk);
    },
  });
}

function learnFromHeaders(headers: Headers, route: string): void {
  learn("mcp-session", headers.get("Mcp-Session-Id"));
  for (const cookie of headers.getSetCookie()) {
    const value = /^__Host-clickup-mcp-session=([^;]+)/.exec(cookie)?.[1];
    learn("web-session", value);
    learn("web-session", idOfCookie(value));
  }
  const location = headers.get("Location") ?? "";
  if (/^(GET|POST) \/auth|^(GET|POST) \/authorize/.test(route) && URL.canParse(location)) {
    learn("code", new URL(location).searchParams.get("code"));
  }
}

/** The session's id inside the signed cookie. */
function idOfCookie(value: string | undefined): string | null {
  const claims = value?.split(".")[1];
  if (claims === undefined) return null;
  const parsed = parse(atob(claims.replaceAll("-", "+").replaceAll("_", "/")));
  return (parsed as { jti?: string } | null)?.jti ?? null;
}

function learnFromBody(text: string, type: string, route: string): void {
  if (route === "POST /token") {
    const fields = jsonFields(text);
    learn("bearer", fields.get("access_token"));
    learn("bearer", fields.get("refresh_token"));
  }
  if (route === "POST /register") learn("key", jsonFields(text).get("client_secret"));
  if (type !== "text/html") return;
  for (const [jwt] of text.matchAll(/\beyJ[\w-]+\.[\w-]+\.[\w-]+/g)) learn("bearer", jwt);
  learn("form-token", /name="form_token" value="([\w-]+)"/.exec(text)?.[1]);
}
