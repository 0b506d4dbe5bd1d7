/** Turns a page into a response with the headers every page of ours carries. */
import type { Context } from "hono";
import type { JSX } from "hono/jsx/jsx-runtime";
import { isLoopback } from "./env.ts";
import { ErrorPage, type ErrorPageContent } from "./pages/error.tsx";

interface PageOptions {
  status?: number;
  /** Cookies and the like, from the OAuth library. */
  headers?: Headers;
  /**
   * URLs the page's form may lead to by a redirect after the post. Chromium applies `form-action` to every hop,
   * and what a client does after the first is not ours to know. So a form that leaves allows https as a whole,
   * and plain http for this machine when that is where it goes.
   */
  leadsTo?: string[];
}

/**
 * A complete HTML response. `render` gets the nonce its style and script elements must carry.
 * Content-Security-Policy: nothing but that style, that script and our own icon.
 */
export function htmlPage(render: (nonce: string) => JSX.Element, options: PageOptions = {}): Response {
  const nonce = btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16))));
  const headers = new Headers(options.headers);
  headers.set("Content-Type", "text/html; charset=utf-8");
  headers.set("Cache-Control", "no-store");
  headers.set("Content-Security-Policy", contentSecurityPolicy(nonce, options.leadsTo ?? []));
  headers.set("Referrer-Policy", "no-referrer");
  headers.set("X-Content-Type-Options", "nosniff");
  headers.set("X-Frame-Options", "DENY");
  headers.set("Cross-Origin-Resource-Policy", "same-origin");
  const page: { toString(): string } = render(nonce);
  return new Response(`<!doctype html>${page.toString()}`, {
    status: options.status ?? 200,
    headers,
  });
}

function contentSecurityPolicy(nonce: string, leadsTo: string[]): string {
  return [
    "default-src 'none'",
    `style-src 'nonce-${nonce}'`,
    `script-src 'nonce-${nonce}'`,
    "img-src 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    `form-action ${[...new Set(["'self'", ...leadsTo.flatMap(formTargets)])].join(" ")}`,
  ].join("; ");
}

/** The CSP sources that let a form end at `target`. */
function formTargets(target: string): string[] {
  const url = new URL(target);
  // CSP host sources know 127.0.0.1 and names, but no IPv6 address.
  if (url.protocol === "http:" && isLoopback(url.hostname) && !url.hostname.startsWith("[")) {
    return ["http://localhost:*", "http://127.0.0.1:*"];
  }
  return [url.protocol];
}

/** A page that says what went wrong. `status` is the HTTP status of the answer. */
export function errorPage(status: number, content: ErrorPageContent, headers?: Headers): Response {
  return htmlPage((nonce) => <ErrorPage nonce={nonce} content={content} />, {
    status,
    ...(headers ? { headers } : {}),
  });
}

/** A redirect with the cookies of `headers`. 303 after a post, so that no browser posts again. */
export function redirectTo(location: string, headers: Headers, status: 302 | 303): Response {
  headers.set("Location", location);
  headers.set("Cache-Control", "no-store");
  headers.set("Referrer-Policy", "no-referrer");
  return new Response(null, { status, headers });
}

const FORM_BYTES = 16 * 1024;

/** The fields of a form post, or the answer to give instead (413, 415, 400). Files are not accepted. */
export async function readForm(c: Context): Promise<URLSearchParams | Response> {
  const type = c.req.header("Content-Type")?.split(";")[0]?.trim().toLowerCase();
  if (type !== "application/x-www-form-urlencoded") {
    return errorPage(415, {
      title: "Wrong kind of request",
      message: "This address takes the form of its page.",
    });
  }
  const body = await readCapped(c.req.raw, FORM_BYTES);
  if (body === null) {
    return errorPage(413, { title: "Too much text", message: "The form was larger than 16 KB. Shorten it." });
  }
  return new URLSearchParams(body);
}

/** The body as text, or `null` when it is longer than `limit_bytes`. */
export async function readCapped(request: Request, limit_bytes: number): Promise<string | null> {
  if (request.body === null) return "";
  const decoder = new TextDecoder();
  let text = "";
  let read_bytes = 0;
  for await (const chunk of request.body as ReadableStream<Uint8Array>) {
    read_bytes += chunk.byteLength;
    if (read_bytes > limit_bytes) return null;
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
