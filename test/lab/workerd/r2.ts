/**
 * R2 behind the binding's own wire format, in the process that runs a test: it outlives workerd, as R2 outlives an
 * object. Keeps every attempt to store something, and can be made to fail.
 */
import { createHash } from "node:crypto";

export interface StoredObject {
  body: string;
  sha256: string;
}

/**
 * What a put met: `stored`; `exists`: its precondition failed; `refused`: nothing was stored; `lost`: it took effect
 * and the answer was an error all the same.
 */
type PutEnd = "stored" | "exists" | "refused" | "lost";

export interface PutAttempt {
  key: string;
  sha256: string;
  end: PutEnd;
  /** It replaced another body: the request named no precondition. */
  overwrote: boolean;
}

/** What happens to a put before and after its effect; `fail` makes it an error at that point. */
export interface PutTrouble {
  before?(key: string): Promise<"go on" | "fail">;
  after?(key: string): Promise<"go on" | "fail">;
}

interface Asked {
  method: string;
  object?: string;
  objects?: string[];
  prefix?: string;
  limit?: number;
  cursor?: string;
  startAfter?: string;
  delimiter?: string;
  sha256?: string;
  onlyIf?: { etagDoesNotMatch?: { type: string; value?: string }[] };
}

/** v4 codes of R2's errors. */
const NO_SUCH_KEY = 10007;
const PRECONDITION_FAILED = 10031;
const BAD_DIGEST = 10037;
const INTERNAL_ERROR = 10001;
const PAGE = 1_000;

export class R2Bucket {
  readonly objects = new Map<string, StoredObject>();
  readonly attempts: PutAttempt[] = [];
  readonly #trouble: PutTrouble;

  constructor(trouble: PutTrouble = {}) {
    this.#trouble = trouble;
  }

  /** Answers one request of a workerd R2 binding: head, get, put, list, delete. */
  async fetch(request: Request): Promise<Response> {
    if (request.method === "PUT") {
      const sent = Buffer.from(await request.arrayBuffer());
      const size = Number(request.headers.get("cf-r2-metadata-size") ?? "0");
      const asked = JSON.parse(sent.subarray(0, size).toString("utf8")) as Asked;
      if (asked.method === "put") return this.#put(asked, sent.subarray(size).toString("utf8"));
      if (asked.method === "delete") return this.#delete(asked);
      return failed(400, INTERNAL_ERROR, `${asked.method} is not imitated`);
    }
    const asked = JSON.parse(request.headers.get("cf-r2-request") ?? "{}") as Asked;
    switch (asked.method) {
      case "list":
        return this.#list(asked);
      case "head":
      case "get":
        return this.#get(asked.object ?? "", asked.method === "get");
      default:
        return failed(400, INTERNAL_ERROR, `${asked.method} is not imitated`);
    }
  }

  async #put(asked: Asked, body: string): Promise<Response> {
    const { object: key = "" } = asked;
    const sha256 = createHash("sha256").update(body).digest("hex");
    if (asked.sha256 !== undefined && asked.sha256 !== sha256) {
      return failed(400, BAD_DIGEST, "The SHA-256 checksum did not match what was received.");
    }
    const note = (end: PutEnd, overwrote = false): void =>
      void this.attempts.push({ key, sha256, end, overwrote });
    if ((await this.#trouble.before?.(key)) === "fail") {
      note("refused");
      return failed(500, INTERNAL_ERROR, "We encountered an internal error. Please try again.");
    }
    const known = this.objects.get(key);
    const createOnly = asked.onlyIf?.etagDoesNotMatch?.some(({ type }) => type === "wildcard") === true;
    const exists = known !== undefined && createOnly;
    const overwrote = known !== undefined && !createOnly && known.body !== body;
    if (!exists) this.objects.set(key, { body, sha256 });
    if ((await this.#trouble.after?.(key)) === "fail") {
      note("lost", overwrote);
      return failed(500, INTERNAL_ERROR, "We encountered an internal error. Please try again.");
    }
    note(exists ? "exists" : "stored", overwrote);
    if (exists) return failed(412, PRECONDITION_FAILED, "At least one of the pre-conditions did not hold.");
    return metadata(described(key, { body, sha256 }));
  }

  #get(key: string, withBody: boolean): Response {
    const found = this.objects.get(key);
    if (found === undefined) return failed(404, NO_SUCH_KEY, "The specified key does not exist.");
    return metadata(described(key, found), withBody ? found.body : "");
  }

  #delete({ object, objects }: Asked): Response {
    for (const key of objects ?? [object ?? ""]) this.objects.delete(key);
    return metadata({});
  }

  #list({ prefix = "", limit = PAGE, cursor, startAfter, delimiter }: Asked): Response {
    const after = cursor ?? startAfter ?? "";
    const keys = [...this.objects.keys()].filter((key) => key.startsWith(prefix)).sort();
    const found: string[] = [];
    const folders = new Set<string>();
    let last = "";
    let truncated = false;
    for (const key of keys) {
      const end = delimiter === undefined ? -1 : key.indexOf(delimiter, prefix.length);
      const folder = end < 0 ? undefined : key.slice(0, end + 1);
      if (key <= after || (folder !== undefined && after.startsWith(folder))) continue;
      if (folder !== undefined && folders.has(folder)) continue;
      if (found.length + folders.size >= limit) {
        truncated = true;
        break;
      }
      if (folder === undefined) found.push(key);
      else folders.add(folder);
      last = key;
    }
    const objects = found.map((key) => described(key, this.objects.get(key) ?? { body: "", sha256: "" }));
    const more = truncated ? { cursor: last } : {};
    return metadata({ objects, truncated, delimitedPrefixes: [...folders], ...more });
  }
}

function described(key: string, { body, sha256 }: StoredObject): Record<string, unknown> {
  return {
    name: key,
    version: sha256.slice(0, 32),
    size: String(Buffer.byteLength(body)),
    etag: sha256.slice(0, 32),
    uploaded: "0",
    storageClass: "Standard",
    httpFields: {},
    customFields: [],
    checksums: { 2: sha256 },
  };
}

function metadata(value: unknown, body = ""): Response {
  const text = JSON.stringify(value);
  return new Response(text + body, {
    headers: {
      "cf-r2-metadata-size": String(Buffer.byteLength(text)),
      "Content-Type": "application/octet-stream",
    },
  });
}

function failed(status: number, v4code: number, message: string): Response {
  return new Response(null, {
    status,
    headers: { "cf-r2-error": JSON.stringify({ version: 1, v4code, message }) },
  });
}
