/** A browser as small as a sign-in needs: cookies, redirects and forms, over plain fetch. No scripts run. */

export interface Page {
  url: string;
  status: number;
  headers: Headers;
  html: string;
}

interface Form {
  action: string;
  method: string;
  fields: [string, string][];
  buttons: { name: string; value: string; text: string }[];
}

const MAX_REDIRECTS = 10;

export class FormBrowser {
  readonly #cookies = new Map<string, Map<string, string>>();
  readonly #fetch: (request: Request) => Promise<Response>;
  readonly #stopAt: (url: URL) => boolean;

  /**
   * @param stopAt a redirect to such a URL is not followed but returned as the page (the client's redirect URI)
   */
  constructor(
    stopAt: (url: URL) => boolean = () => false,
    fetcher: (request: Request) => Promise<Response> = (request) => fetch(request),
  ) {
    this.#stopAt = stopAt;
    this.#fetch = fetcher;
  }

  open(url: string): Promise<Page> {
    return this.#load("GET", new URL(url), undefined);
  }

  /**
   * Fills and submits a form of the page.
   * @param fields values by name, over the form's own; @param button text or value of the button pressed
   * @throws Error when no form has the button
   */
  async submit(page: Page, fields: Record<string, string> = {}, button?: string): Promise<Page> {
    const forms = parseForms(page);
    const pressed = (form: Form) =>
      form.buttons.find((b) => button !== undefined && (b.value === button || b.text.includes(button)));
    const form = button === undefined ? forms[0] : forms.find((f) => pressed(f) !== undefined);
    if (form === undefined) throw new Error(`no form with ${button ?? "any button"} on ${page.url}`);
    const values = new URLSearchParams(form.fields.filter(([name]) => !(name in fields)));
    for (const [name, value] of Object.entries(fields)) values.append(name, value);
    const b = pressed(form);
    if (b !== undefined && b.name !== "") values.append(b.name, b.value);
    const target = new URL(form.action === "" ? page.url : form.action, page.url);
    if (form.method === "GET") {
      target.search = values.toString();
      return this.#load("GET", target, undefined, page.url);
    }
    return this.#load("POST", target, values, page.url);
  }

  async #load(method: string, url: URL, body: URLSearchParams | undefined, from?: string): Promise<Page> {
    let [verb, target, payload] = [method, url, body];
    for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
      const headers = new Headers({ Accept: "text/html" });
      const jar = [...(this.#cookies.get(target.host) ?? [])].map(([k, v]) => `${k}=${v}`).join("; ");
      if (jar !== "") headers.set("Cookie", jar);
      if (verb === "POST" && from !== undefined) headers.set("Origin", new URL(from).origin);
      const response = await this.#fetch(
        new Request(target, { method: verb, headers, body: payload ?? null, redirect: "manual" }),
      );
      this.#remember(target.host, response.headers);
      const location = response.headers.get("location");
      if (response.status < 300 || response.status > 399 || location === null) {
        return {
          url: target.href,
          status: response.status,
          headers: response.headers,
          html: await response.text(),
        };
      }
      target = new URL(location, target);
      if (this.#stopAt(target)) {
        return { url: target.href, status: response.status, headers: response.headers, html: "" };
      }
      [verb, payload] = ["GET", undefined];
    }
    throw new Error("too many redirects");
  }

  #remember(host: string, headers: Headers): void {
    const jar = this.#cookies.get(host) ?? new Map<string, string>();
    for (const cookie of headers.getSetCookie()) {
      const [pair = "", ...attributes] = cookie.split(";");
      const at = pair.indexOf("=");
      const name = pair.slice(0, at).trim();
      const gone = attributes.some((a) => /^\s*max-age=0\s*$/i.test(a));
      if (gone) jar.delete(name);
      else jar.set(name, pair.slice(at + 1).trim());
    }
    this.#cookies.set(host, jar);
  }
}

/** The forms of a page with the values a browser would send. */
function parseForms(page: Pick<Page, "html">): Form[] {
  return [...page.html.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/gi)].map(
    ([, attributes = "", inner = ""]) => {
      const fields: [string, string][] = [];
      for (const [, input = ""] of inner.matchAll(/<input\b([^>]*)>/gi)) {
        const name = attribute(input, "name");
        const type = attribute(input, "type") ?? "text";
        if (name === undefined || type === "submit") continue;
        if ((type === "checkbox" || type === "radio") && !/\schecked\b/i.test(input)) continue;
        fields.push([name, attribute(input, "value") ?? (type === "checkbox" ? "on" : "")]);
      }
      const buttons = [...inner.matchAll(/<button\b([^>]*)>([\s\S]*?)<\/button>/gi)].map(
        ([, a = "", text = ""]) => ({
          name: attribute(a, "name") ?? "",
          value: attribute(a, "value") ?? "",
          text: decode(text.replaceAll(/<[^>]*>/g, "").trim()),
        }),
      );
      return {
        action: attribute(attributes, "action") ?? "",
        method: (attribute(attributes, "method") ?? "get").toUpperCase(),
        fields,
        buttons,
      };
    },
  );
}

function attribute(tag: string, name: string): string | undefined {
  const match = new RegExp(`(?:^|\\s)${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s>]+))`, "i").exec(tag);
  const value = match?.[1] ?? match?.[2] ?? match?.[3];
  return value === undefined ? undefined : decode(value);
}

function decode(text: string): string {
  return text
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll(/&#39;|&#x27;/g, "'")
    .replaceAll("&amp;", "&");
}
