/** KV behind the binding's own wire format, in the process that runs a test. Consistent at once, nothing expires. */

interface Entry {
  value: string;
  metadata: string | null;
}

const PAGE = 1_000;

export class KvNamespace {
  readonly #entries = new Map<string, Entry>();

  /** Answers one request of a workerd KV binding: get, get of several keys, put, delete, list. */
  async fetch(request: Request): Promise<Response> {
    const url = new URL(request.url);
    const key = decodeURIComponent(url.pathname.slice(1));
    switch (request.method) {
      case "GET":
        return key === "" ? this.#list(url.searchParams) : this.#get(key);
      case "POST": {
        const { keys } = (await request.json()) as { keys: string[] };
        return Response.json(Object.fromEntries(keys.map((k) => [k, this.#entries.get(k)?.value ?? null])));
      }
      case "PUT":
        this.#entries.set(key, {
          value: await request.text(),
          metadata: request.headers.get("CF-KV-Metadata"),
        });
        return new Response();
      case "DELETE":
        this.#entries.delete(key);
        return new Response();
      default:
        return new Response("not imitated", { status: 405 });
    }
  }

  #get(key: string): Response {
    const found = this.#entries.get(key);
    if (found === undefined) return new Response("Not Found", { status: 404 });
    const { value, metadata } = found;
    return new Response(value, { headers: metadata === null ? {} : { "CF-KV-Metadata": metadata } });
  }

  #list(query: URLSearchParams): Response {
    const prefix = query.get("prefix") ?? "";
    const after = query.get("cursor") ?? "";
    const limit = Number(query.get("key_count_limit") ?? query.get("limit") ?? PAGE);
    const keys = [...this.#entries.keys()].filter((key) => key.startsWith(prefix) && key > after).sort();
    const page = keys.slice(0, limit);
    const complete = page.length === keys.length;
    return Response.json({
      keys: page.map((name) => ({ name })),
      list_complete: complete,
      ...(complete ? {} : { cursor: page.at(-1) }),
      cacheStatus: null,
    });
  }
}
