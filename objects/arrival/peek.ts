/** A look at the messages of a request before it is served, for decisions that depend on what it asks for. */
import { MAX_BODY_BYTES } from "../limits.ts";

/**
 * The JSON-RPC messages of a POST, read from a copy of the body up to the size that is served.
 * @returns nothing for a body that is empty, too large or not JSON: the endpoint refuses those in its own words
 */
export async function peekMessages(request: Request): Promise<unknown[]> {
  if (request.method !== "POST" || request.body === null) return [];
  let messages: unknown;
  try {
    messages = JSON.parse(await readCopy(request));
  } catch {
    return [];
  }
  return Array.isArray(messages) ? messages : [messages];
}

/** What a message names, as far as it has the shape of one. */
export function named(message: unknown): { method: string; tool: string | null } | undefined {
  if (typeof message !== "object" || message === null) return undefined;
  const { method, params } = message as { method?: unknown; params?: { name?: unknown } | null };
  if (typeof method !== "string") return undefined;
  const tool = method === "tools/call" && typeof params?.name === "string" ? params.name : null;
  return { method, tool };
}

async function readCopy(request: Request): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for await (const chunk of request.clone().body as ReadableStream<Uint8Array>) {
    bytes += chunk.byteLength;
    if (bytes > MAX_BODY_BYTES) return "";
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
