import { createClickUpSandbox, SANDBOX, SEED_NOW_MS, type ClickUpSandboxOptions } from "./clickup/index.ts";

export interface Answer {
  status: number;
  headers: Headers;
  /** Parsed JSON; the text when it is not JSON. */
  body: Record<string, unknown> & { err?: string; ECODE?: string };
}

export interface CallOptions {
  body?: unknown;
  form?: FormData;
  token?: string;
  signal?: AbortSignal;
  headers?: Record<string, string>;
}

/** A sandbox with a clock that tests move, and a caller. Alice calls unless told otherwise. */
export function sandboxWithClient(options: ClickUpSandboxOptions = {}) {
  const clock = { now_ms: SEED_NOW_MS };
  const sandbox = createClickUpSandbox({
    now_ms: () => clock.now_ms,
    rateLimitPerMinute: 10_000,
    ...options,
  });
  /** `line` is e.g. "GET /v2/user"; the path is without /api. */
  async function raw(line: string, call: CallOptions = {}): Promise<Response> {
    const [method = "GET", path = "/"] = line.split(" ");
    const token = call.token ?? SANDBOX.tokens.alice;
    const headers: Record<string, string> = {
      ...(token === "" ? {} : { Authorization: token }),
      ...call.headers,
    };
    if (call.body !== undefined) headers["Content-Type"] ??= "application/json";
    const body = call.form ?? (typeof call.body === "string" ? call.body : JSON.stringify(call.body));
    return sandbox.fetch(
      new Request(`https://api.clickup.test/api${path}`, {
        method,
        headers,
        ...(body === undefined ? {} : { body }),
        ...(call.signal === undefined ? {} : { signal: call.signal }),
      }),
    );
  }
  async function send(line: string, call: CallOptions = {}): Promise<Answer> {
    const response = await raw(line, call);
    const text = await response.text();
    let body: Answer["body"] = {};
    try {
      if (text !== "") body = JSON.parse(text) as Answer["body"];
    } catch {
      body = { text };
    }
    return { status: response.status, headers: response.headers, body };
  }
  return { sandbox, clock, raw, send };
}
