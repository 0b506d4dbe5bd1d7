/** One request as a value that can be printed and sent again. */
import { exports } from "cloudflare:workers";
import { signatureHeader, STRIPE_SANDBOX } from "../sandbox/stripe/index.ts";
import { ORIGIN } from "../worker/browser.ts";

export interface Case {
  method: string;
  /** Path and query, as they go onto the wire. */
  path: string;
  headers: [name: string, value: string][];
  /** Text, or bytes as hex where they need not be UTF-8. */
  body?: string | { hex: string };
  /** ClickUp answers its next calls so. */
  fault?: "500" | "403" | "429" | "html" | "truncated" | "reset";
}

/** What stands for a value that only the running test knows: `{{bearer}}`, `{{form}}`, `{{session}}` … */
export type Values = Record<string, string>;

export function filled(text: string, values: Values): string {
  return text.replaceAll(/\{\{(\w+)\}\}/g, (whole, name: string) => values[name] ?? whole);
}

/** @returns undefined for what is no HTTP request at all, so that it could not reach us */
export async function requestOf(one: Case, values: Values): Promise<Request | undefined> {
  const body =
    one.body === undefined
      ? undefined
      : typeof one.body === "string"
        ? filled(one.body, values)
        : bytesOf(one.body.hex);
  try {
    const headers = new Headers();
    for (const [name, value] of one.headers) {
      const text =
        value === "{{signature}}"
          ? await signatureHeader(textOf(body), [STRIPE_SANDBOX.webhookSecret], Math.floor(Date.now() / 1000))
          : filled(value, values);
      headers.append(name, text);
    }
    const hasBody = body !== undefined && one.method !== "GET" && one.method !== "HEAD";
    return new Request(ORIGIN + filled(one.path, values), {
      method: one.method,
      headers,
      redirect: "manual",
      ...(hasBody ? { body } : {}),
    });
  } catch {
    return undefined;
  }
}

export function send(request: Request): Promise<Response> {
  return exports.default.fetch(request);
}

function bytesOf(hex: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.fromHex(hex);
}

function textOf(body: string | Uint8Array | undefined): string {
  return typeof body === "string" ? body : new TextDecoder().decode(body ?? new Uint8Array());
}

/** The text as bytes with `inserted` somewhere in it: no longer UTF-8, mostly. */
export function withBytes(text: string, at: number, inserted: readonly number[]): { hex: string } {
  const bytes = [...new TextEncoder().encode(text)];
  bytes.splice(at % (bytes.length + 1), 0, ...inserted);
  return { hex: Uint8Array.from(bytes).toHex() };
}
