/**
 * KV and R2 in memory, behind the bindings' own wire format, in the same process. They count what they are asked:
 * `GET /count` on the socket gives the numbers since the last time, `/trouble?r2=on` makes every put fail.
 */
const values = new Map<string, { value: ArrayBuffer; metadata: string | null }>();
let counts = zero();
let r2Trouble = false;

function zero() {
  return { kvReads: 0, kvWrites: 0, kvDeletes: 0, kvLists: 0, r2Puts: 0, r2Bytes: 0, r2Others: 0 };
}

export default {
  async fetch(request) {
    const url = new URL(request.url);
    if (url.pathname === "/trouble") {
      r2Trouble = url.searchParams.get("r2") === "on";
      return new Response(null, { status: 204 });
    }
    if (url.pathname === "/count") {
      const answer = Response.json(counts);
      counts = zero();
      return answer;
    }
    return request.headers.has("cf-r2-metadata-size") || request.headers.has("cf-r2-request")
      ? r2(request)
      : kv(request, url);
  },
} satisfies ExportedHandler;

async function kv(request: Request, url: URL): Promise<Response> {
  const key = decodeURIComponent(url.pathname.slice(1));
  switch (request.method) {
    case "GET": {
      if (key === "") {
        counts.kvLists++;
        const prefix = url.searchParams.get("prefix") ?? "";
        const keys = [...values.keys()].filter((k) => k.startsWith(prefix)).map((name) => ({ name }));
        return Response.json({ keys, list_complete: true, cacheStatus: null });
      }
      counts.kvReads++;
      const found = values.get(key);
      if (found === undefined) return new Response("Not Found", { status: 404 });
      return new Response(found.value, {
        headers: found.metadata === null ? {} : { "CF-KV-Metadata": found.metadata },
      });
    }
    case "PUT":
      counts.kvWrites++;
      values.set(key, {
        value: await request.arrayBuffer(),
        metadata: request.headers.get("CF-KV-Metadata"),
      });
      return new Response();
    case "DELETE":
      counts.kvDeletes++;
      values.delete(key);
      return new Response();
    default:
      return new Response("not here", { status: 405 });
  }
}

async function r2(request: Request): Promise<Response> {
  const metadataSize = Number(request.headers.get("cf-r2-metadata-size") ?? "0");
  const body = request.method === "PUT" ? new Uint8Array(await request.arrayBuffer()) : new Uint8Array();
  const asked = JSON.parse(
    request.method === "PUT"
      ? new TextDecoder().decode(body.subarray(0, metadataSize))
      : (request.headers.get("cf-r2-request") ?? "{}"),
  ) as { method: string; object?: string };
  if (asked.method !== "put") {
    counts.r2Others++;
    return json({ objects: [], truncated: false, delimitedPrefixes: [] });
  }
  if (r2Trouble) return new Response("unavailable", { status: 503 });
  counts.r2Puts++;
  counts.r2Bytes += body.length - metadataSize;
  return json({
    name: asked.object,
    version: "1",
    size: String(body.length - metadataSize),
    etag: "0123456789abcdef0123456789abcdef",
    uploaded: String(Date.now()),
    storageClass: "Standard",
    checksums: {},
  });
}

function json(value: unknown): Response {
  const text = JSON.stringify(value);
  return new Response(text, { headers: { "cf-r2-metadata-size": String(text.length) } });
}
