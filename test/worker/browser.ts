/** A browser as far as sign-in needs one: cookies of our origin, forms, redirects that are looked at, not followed. */
import { exports } from "cloudflare:workers";

export const ORIGIN = "https://mcp.test";

export class Browser {
  readonly cookies = new Map<string, string>();

  async get(url: string, headers: Record<string, string> = {}): Promise<Response> {
    return this.#send(
      new Request(new URL(url, ORIGIN), { redirect: "manual", headers: this.#headers(headers) }),
    );
  }

  /** Posts a form as a page of ours would: `Referrer-Policy: no-referrer` makes browsers send `Origin: null`. */
  async post(
    url: string,
    fields: Record<string, string> | [string, string][],
    headers: Record<string, string> = {},
  ): Promise<Response> {
    return this.#send(
      new Request(new URL(url, ORIGIN), {
        method: "POST",
        redirect: "manual",
        headers: this.#headers({ Origin: "null", ...headers }),
        body: new URLSearchParams(fields),
      }),
    );
  }

  #headers(headers: Record<string, string>): Headers {
    const all = new Headers({ Accept: "text/html", ...headers });
    if (this.cookies.size > 0)
      all.set("Cookie", [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; "));
    return all;
  }

  async #send(request: Request): Promise<Response> {
    const response = await exports.default.fetch(request);
    for (const line of response.headers.getSetCookie()) {
      const [pair = "", ...attributes] = line.split(";").map((part: string) => part.trim());
      const at = pair.indexOf("=");
      const name = pair.slice(0, at);
      if (!name.startsWith("__Host-")) throw new Error(`cookie without __Host-: ${name}`);
      for (const needed of ["Secure", "HttpOnly", "SameSite=Lax", "Path=/"]) {
        if (!attributes.includes(needed)) throw new Error(`cookie ${name} lacks ${needed}`);
      }
      if (attributes.includes("Max-Age=0")) this.cookies.delete(name);
      else this.cookies.set(name, pair.slice(at + 1));
    }
    return response;
  }
}

/** The value of a hidden field. */
export function hiddenField(html: string, name: string): string {
  const input = new RegExp(`<input[^>]*name="${name}"[^>]*>`).exec(html)?.[0] ?? "";
  const value = /value="([^"]*)"/.exec(input)?.[1];
  if (value === undefined) throw new Error(`no field ${name} in the page`);
  return unescapeHtml(value);
}

/** Where the page's form posts to. */
export function formAction(html: string): string {
  const action = /<form[^>]*action="([^"]*)"/.exec(html)?.[1];
  if (action === undefined) throw new Error("no form in the page");
  return unescapeHtml(action);
}

/** The same for a page with several forms: its last one. */
export function lastFormAction(html: string): string {
  const action = [...html.matchAll(/<form[^>]*action="([^"]*)"/g)].at(-1)?.[1];
  if (action === undefined) throw new Error("no form in the page");
  return unescapeHtml(action);
}

export function unescapeHtml(text: string): string {
  return text
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");
}

/** The target of a redirect. */
export function locationOf(response: Response): URL {
  const location = response.headers.get("Location");
  if (location === null) throw new Error(`no redirect: ${response.status}`);
  return new URL(location);
}
