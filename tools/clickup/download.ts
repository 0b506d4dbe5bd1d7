/**
 * Fetches a file from a public address that a caller named: the address and every redirect are checked
 * before they are asked, the size is bounded while the body arrives, and nothing of ours is sent along.
 */
import { bounded, GivenUpError } from "./bounded.ts";
import { plainFetch } from "./http.ts";
import { judgeAddress } from "./public-address.ts";
import type { StopSignal } from "./stop.ts";
import { after as systemAfter, type After } from "./timer.ts";

const MOST_REDIRECTS = 3;
const TIMEOUT_MS = 15_000;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/** The file cannot be had from there. The message continues "url: " and is safe to show. */
export class DownloadError extends Error {
  override readonly name = "DownloadError";
}

export interface DownloadedFile {
  bytes: Uint8Array<ArrayBuffer>;
  /** Media type without parameters, as the server said; undefined when it said nothing usable. */
  type: string | undefined;
}

/** Throws DownloadError, and `signal.reason` when the caller aborts. */
export async function downloadFile(
  address: string,
  options: { most_bytes: number; signal: StopSignal; timeout_ms?: number; after?: After },
): Promise<DownloadedFile> {
  const { signal, after = systemAfter } = options;
  const timeout_ms = options.timeout_ms ?? TIMEOUT_MS;
  try {
    return await bounded((stop) => follow(address, options.most_bytes, stop), { signal, timeout_ms, after });
  } catch (error) {
    if (error instanceof DownloadError) {
      throw error;
    }
    signal.throwIfAborted();
    throw new DownloadError(
      error instanceof GivenUpError
        ? "the server did not answer in time"
        : "the connection to the server failed",
      { cause: error },
    );
  }
}

async function follow(address: string, most_bytes: number, signal: AbortSignal): Promise<DownloadedFile> {
  let next = address;
  for (let hop = 0; hop <= MOST_REDIRECTS; hop += 1) {
    const verdict = judgeAddress(next);
    if (!verdict.ok) {
      throw new DownloadError(hop === 0 ? verdict.reason : `it redirects elsewhere: ${verdict.reason}`);
    }
    const response = await plainFetch(verdict.url.href, {
      headers: { accept: "*/*" },
      redirect: "manual",
      signal,
    });
    if (!REDIRECTS.has(response.status)) {
      return await readFile(response, most_bytes);
    }
    await response.body?.cancel();
    const location = response.headers.get("location");
    if (location === null || !URL.canParse(location, verdict.url.href)) {
      throw new DownloadError("the server redirects to nowhere");
    }
    next = new URL(location, verdict.url).href;
  }
  throw new DownloadError(`it redirects more than ${MOST_REDIRECTS} times`);
}

async function readFile(response: Response, most_bytes: number): Promise<DownloadedFile> {
  if (!response.ok) {
    await response.body?.cancel();
    throw new DownloadError(`the server answered HTTP ${response.status}`);
  }
  const declared = Number(response.headers.get("content-length") ?? 0);
  if (declared > most_bytes) {
    await response.body?.cancel();
    throw new DownloadError(tooLarge(most_bytes));
  }
  const bytes = await readBounded(response, most_bytes);
  const type = response.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
  return { bytes, type: type !== undefined && /^[\w.+-]+\/[\w.+-]+$/.test(type) ? type : undefined };
}

async function readBounded(response: Response, most_bytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let size_bytes = 0;
  if (response.body === null) {
    return new Uint8Array();
  }
  const reader = response.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) {
      break;
    }
    size_bytes += value.byteLength;
    if (size_bytes > most_bytes) {
      await reader.cancel();
      throw new DownloadError(tooLarge(most_bytes));
    }
    chunks.push(value);
  }
  const bytes = new Uint8Array(size_bytes);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.byteLength;
  }
  return bytes;
}

function tooLarge(most_bytes: number): string {
  return `the file is larger than ${Math.floor(most_bytes / 1024 / 1024)} MB`;
}
