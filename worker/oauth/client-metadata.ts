/**
 * What clients say about themselves, read generously: in a registration (RFC 7591) and in a client's metadata document.
 * A server may register less than was asked for and says in its answer what it did (RFC 7591 section 2).
 */

/** What the library's server does. */
const GRANT_TYPES = ["authorization_code", "refresh_token"];
const RESPONSE_TYPES = ["code"];

type Metadata = Record<string, unknown>;

/**
 * A registration as it will be carried out: fields without a value are absent, grant types, response types and
 * redirects we do not serve are left out. Where nothing would be left, all stays as it is: the library refuses it.
 */
export function narrowRegistration(asked: unknown): unknown {
  if (!isObject(asked)) return asked;
  const metadata = withoutBlanks(asked);
  keepOnly(metadata, "grant_types", (type) => GRANT_TYPES.includes(type));
  keepOnly(metadata, "response_types", (type) => RESPONSE_TYPES.includes(type));
  keepOnly(metadata, "redirect_uris", mayBeServed);
  return metadata;
}

/** Fields that are null, "" or [] were not filled in: many clients serialize what they have no value for. */
function withoutBlanks(metadata: Metadata): Metadata {
  const isBlank = (value: unknown): boolean =>
    value === null || value === "" || (Array.isArray(value) && value.length === 0);
  return Object.fromEntries(Object.entries(metadata).filter(([, value]) => !isBlank(value)));
}

function keepOnly(metadata: Metadata, field: string, served: (value: string) => boolean): void {
  const values = metadata[field];
  if (!Array.isArray(values) || !values.every((value) => typeof value === "string")) return;
  const kept = values.filter(served);
  if (kept.length > 0) metadata[field] = kept;
}

/** Never anybody's callback: a registration with one of these is refused as a whole. */
const DANGEROUS = new Set(["javascript:", "data:", "vbscript:", "file:", "mailto:", "blob:"]);
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/**
 * False for an address that is one, and that `/authorize` refuses: an app's own scheme, or http beyond this machine
 * (MCP authorization: https or loopback). What is no redirect URI at all stays, and is refused with all others.
 */
function mayBeServed(value: string): boolean {
  const uri = value.trim();
  if (!URL.canParse(uri)) return true;
  const { protocol, hostname } = new URL(uri);
  return (
    protocol === "https:" || DANGEROUS.has(protocol) || (protocol === "http:" && LOOPBACK.test(hostname))
  );
}

function isObject(value: unknown): value is Metadata {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The library's own bound for a document. */
const MOST_DOCUMENT_BYTES = 5 * 1024;
const LIBRARY_AGENT = /^workers-oauth-provider\//;
let installed = false;

/**
 * The library fetches metadata documents by itself and refuses one that says `"client_uri": ""`. It has no option for
 * how it fetches, so its requests are known by their name, and blanks are taken out of the document on its way.
 */
export function readDocumentsGenerously(): void {
  if (installed) return;
  installed = true;
  const plain = globalThis.fetch;
  globalThis.fetch = async (input, init) => {
    const answer = await plain(input, init);
    return answer.ok && isLibrarys(init?.headers) ? withoutBlanksIn(answer) : answer;
  };
}

/** The library's requests have a plain object of headers; others are not looked into. */
function isLibrarys(headers: HeadersInit | undefined): boolean {
  return isObject(headers) && LIBRARY_AGENT.test(headers["User-Agent"] ?? "");
}

/** The same answer; a document of a client without its blanks. What is too long stays so for the library to refuse. */
async function withoutBlanksIn(answer: Response): Promise<Response> {
  if (Number(answer.headers.get("Content-Length") ?? "0") > MOST_DOCUMENT_BYTES || answer.body === null)
    return answer;
  const [read, kept] = answer.body.tee();
  const document = await jsonOf(read);
  if (!isObject(document) || typeof document["client_id"] !== "string") return new Response(kept, answer);
  await kept.cancel();
  const headers = new Headers(answer.headers);
  headers.delete("Content-Length");
  return new Response(JSON.stringify(withoutBlanks(document)), { status: answer.status, headers });
}

/** @returns undefined for what is too long, or not JSON */
async function jsonOf(body: ReadableStream<Uint8Array>): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.byteLength;
    if (bytes > MOST_DOCUMENT_BYTES) return undefined;
    chunks.push(chunk);
  }
  try {
    return JSON.parse(await new Blob(chunks).text());
  } catch {
    return undefined;
  }
}
