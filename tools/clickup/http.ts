/**
 * The one place that speaks HTTP to ClickUp: authorization header, timeout, size cap, error shapes.
 * Retries and the request budget are in `client.ts`; the sign-in of the entry Worker uses this file directly.
 */
import { bounded, GivenUpError } from "./bounded.ts";
import { ClickUpError, errorFromAnswer } from "./errors.ts";
import type { RateHeaders } from "./errors.ts";
import { items, num, record, text } from "./lenient.ts";
import type { StopSignal } from "./stop.ts";
import { after as systemAfter, type After } from "./timer.ts";

export { ClickUpError } from "./errors.ts";

const DEFAULT_BASE_URL = "https://api.clickup.com/api";
export const DEFAULT_TIMEOUT_MS = 20_000;
/** A page of 100 raw tasks is about 1.1 MB; more than this is not an answer we can use. */
export const MAX_ANSWER_BYTES = 8 * 1024 * 1024;

export type Method = "GET" | "POST" | "PUT" | "DELETE";
type QueryValue = string | number | boolean | undefined | readonly (string | number)[];
export type Query = Record<string, QueryValue>;

export interface HttpTarget {
  /** Without a trailing slash, e.g. "https://api.clickup.com/api". */
  baseUrl?: string | undefined;
  token: string;
  /** Personal tokens travel raw, OAuth tokens as Bearer. Told by the `pk_` prefix when absent. */
  kind?: "personal" | "oauth" | undefined;
}

export interface HttpRequest {
  method: Method;
  /** Begins with "/v2/" or "/v3/". */
  path: string;
  /** An array becomes a repeated parameter; `undefined` is left out. */
  query?: Query | undefined;
  /** A plain value is sent as JSON; FormData as multipart. */
  body?: unknown;
  timeout_ms?: number | undefined;
  signal?: StopSignal | undefined;
  after?: After | undefined;
}

export interface HttpAnswer {
  status: number;
  json: unknown;
  rate: RateHeaders;
}

/**
 * One exchange with ClickUp. Resolves for status 2xx with the parsed JSON (`{}` for an empty body).
 * Throws ClickUpError for everything else, and `signal.reason` when the caller aborts.
 */
export function clickupHttp(target: HttpTarget, request: HttpRequest): Promise<HttpAnswer> {
  const { token, kind, baseUrl } = target;
  const personal = kind === undefined ? token.startsWith("pk_") : kind === "personal";
  return exchange(baseUrl, request, personal ? token : `Bearer ${token}`, token);
}

/**
 * Trades the code of ClickUp's authorize page for an access token (POST /v2/oauth/token).
 * ClickUp gives neither a refresh token nor an expiry. A refused code is a ClickUpError of kind "auth".
 */
export async function exchangeCode(input: {
  baseUrl?: string;
  clientId: string;
  clientSecret: string;
  code: string;
  signal?: StopSignal;
}): Promise<string> {
  const answer = await exchange(
    input.baseUrl,
    {
      method: "POST",
      path: "/v2/oauth/token",
      body: { client_id: input.clientId, client_secret: input.clientSecret, code: input.code },
      signal: input.signal,
    },
    undefined,
    input.clientSecret,
  );
  const token = text(record(answer.json)["access_token"]);
  if (token === undefined || token === "") {
    throw new ClickUpError("auth", "ClickUp gave no access token for this sign-in. Start again.", {
      status: answer.status,
    });
  }
  return token;
}

export interface ClickUpIdentity {
  clickupUserId: string;
  username: string;
  email: string | null;
  /** IANA name, or null where ClickUp gives none. */
  timeZone: string | null;
  workspaces: { id: string; name: string }[];
}

/** Who a token belongs to and which Workspaces it reaches (GET /v2/user, GET /v2/team). */
export async function fetchIdentity(target: HttpTarget & { signal?: StopSignal }): Promise<ClickUpIdentity> {
  const { signal } = target;
  const [userAnswer, teamAnswer] = await Promise.all([
    clickupHttp(target, { method: "GET", path: "/v2/user", signal }),
    clickupHttp(target, { method: "GET", path: "/v2/team", signal }),
  ]);
  const user = record(record(userAnswer.json)["user"]);
  const clickupUserId = text(user["id"]);
  if (clickupUserId === undefined || clickupUserId === "") {
    throw new ClickUpError("unavailable", "ClickUp did not say who this token belongs to. Try again later.", {
      status: userAnswer.status,
    });
  }
  return {
    clickupUserId,
    username: text(user["username"]) ?? "",
    email: text(user["email"]) ?? null,
    timeZone: text(user["timezone"]) ?? null,
    workspaces: items(record(teamAnswer.json)["teams"], (team) => {
      const id = text(team["id"]);
      return id === undefined ? undefined : { id, name: text(team["name"]) ?? "" };
    }),
  };
}

/**
 * The one call to `fetch` of the tools. It adds nothing: no credential, no header. Other addresses than
 * ClickUp's go through `download.ts`, which checks them first.
 */
export function plainFetch(url: string, init: RequestInit): Promise<Response> {
  return fetch(url, init);
}

/**
 * What `fetch` throws becomes "timeout", the caller's own reason, or "unavailable".
 * @param secret is left out of what an error says
 */
async function exchange(
  baseUrl: string | undefined,
  request: HttpRequest,
  authorization: string | undefined,
  secret: string,
): Promise<HttpAnswer> {
  const { signal, timeout_ms = DEFAULT_TIMEOUT_MS, after = systemAfter } = request;
  const url = urlOf(baseUrl ?? DEFAULT_BASE_URL, request);
  const init = initOf(request, authorization);
  const run = async (stop: AbortSignal): Promise<HttpAnswer> => {
    init.signal = stop;
    const response = await plainFetch(url, init).catch(connectionLost);
    return readAnswer(response, await readCapped(response).catch(connectionLost), secret);
  };
  try {
    return await bounded(run, { signal, timeout_ms, after });
  } catch (error) {
    if (error instanceof ClickUpError) {
      throw error;
    }
    signal?.throwIfAborted();
    if (error instanceof GivenUpError) {
      throw new ClickUpError("timeout", "ClickUp did not answer in time. Try again later.");
    }
    // Ours: it is no word about ClickUp.
    throw error;
  }
}

/** What `fetch` and the reading of its answer throw. */
function connectionLost(error: unknown): never {
  if (error instanceof ClickUpError) throw error;
  throw new ClickUpError("unavailable", "The connection to ClickUp failed. Try again later.");
}

function initOf({ method, body }: HttpRequest, authorization: string | undefined): RequestInit {
  const headers: Record<string, string> = { accept: "application/json" };
  if (authorization !== undefined) {
    headers["authorization"] = authorization;
  }
  // A redirect would carry the token elsewhere; the API has none.
  const init: RequestInit = { method, headers, redirect: "manual" };
  if (body instanceof FormData) {
    init.body = body;
  } else if (body !== undefined) {
    headers["content-type"] = "application/json";
    init.body = JSON.stringify(body);
  }
  return init;
}

function urlOf(baseUrl: string, request: HttpRequest): string {
  const address = (baseUrl.endsWith("/") ? baseUrl.replace(/\/+$/, "") : baseUrl) + request.path;
  if (request.query === undefined) {
    return address;
  }
  const url = new URL(address);
  for (const [name, value] of Object.entries(request.query)) {
    const values = Array.isArray(value) ? (value as readonly (string | number)[]) : [value as string];
    for (const one of values) {
      if (one !== undefined) {
        url.searchParams.append(name, String(one));
      }
    }
  }
  return url.href;
}

async function readCapped(response: Response): Promise<string> {
  // The runtime holds a plain body to its declared length; a compressed one may grow, so it is counted.
  const declared_bytes = Number(response.headers.get("content-length") ?? "NaN");
  if (declared_bytes <= MAX_ANSWER_BYTES && !response.headers.has("content-encoding")) {
    return await response.text();
  }
  if (response.body === null) {
    return "";
  }
  const decoder = new TextDecoder();
  const reader = response.body.getReader();
  let read_bytes = 0;
  let out = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) {
      return out + decoder.decode();
    }
    read_bytes += value.byteLength;
    if (read_bytes > MAX_ANSWER_BYTES) {
      await reader.cancel();
      throw new ClickUpError("unavailable", "ClickUp's answer is too large to read. Ask for less.", {
        status: response.status,
      });
    }
    out += decoder.decode(value, { stream: true });
  }
}

function readAnswer(response: Response, body: string, secret: string): HttpAnswer {
  const rate = readRateHeaders(response.headers);
  const parsed = parseJson(body);
  if (!response.ok) {
    throw errorFromAnswer(response.status, parsed.json, rate, secret);
  }
  if (!parsed.ok) {
    throw new ClickUpError("unavailable", "ClickUp answered something that is not JSON. Try again later.", {
      status: response.status,
      rate,
    });
  }
  return { status: response.status, json: parsed.json, rate };
}

function parseJson(body: string): { ok: true; json: unknown } | { ok: false; json: undefined } {
  if (body.trim() === "") {
    return { ok: true, json: {} };
  }
  try {
    return { ok: true, json: JSON.parse(body) as unknown };
  } catch {
    return { ok: false, json: undefined };
  }
}

function readRateHeaders(headers: Headers): RateHeaders {
  const limit = num(headers.get("x-ratelimit-limit"));
  const remaining = num(headers.get("x-ratelimit-remaining"));
  const reset = num(headers.get("x-ratelimit-reset"));
  return {
    limit: limit === undefined || limit < 1 ? undefined : limit,
    remaining: remaining === undefined ? undefined : Math.max(0, remaining),
    reset_ms: reset === undefined ? undefined : reset * 1000,
    retryAfter_s: num(headers.get("retry-after")),
  };
}
