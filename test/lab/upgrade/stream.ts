/** The idle stream of a session, as far as an upgrade needs it: its first event, and whether it can be resumed. */
import { must } from "../../../scripts/demo-steps.ts";

const WITHIN_MS = 10_000;

/**
 * Opens the stream, reads to the first event id and leaves.
 * @param lastEventId where to go on
 * @returns the id of the first event; null when a resumed stream had nothing to say
 */
export async function firstEvent(
  origin: string,
  bearer: string,
  sessionId: string,
  lastEventId?: string,
): Promise<string | null> {
  const stop = new AbortController();
  const answer = await fetch(`${origin}/mcp`, {
    headers: {
      Accept: "text/event-stream",
      Authorization: `Bearer ${bearer}`,
      "Mcp-Session-Id": sessionId,
      ...(lastEventId === undefined ? {} : { "Last-Event-ID": lastEventId }),
    },
    signal: AbortSignal.any([stop.signal, AbortSignal.timeout(WITHIN_MS)]),
  });
  try {
    must(answer.status === 200 && answer.body !== null, `the stream answered ${answer.status}`);
    if (lastEventId !== undefined) return null;
    const decoder = new TextDecoder();
    let text = "";
    for await (const chunk of answer.body) {
      text += decoder.decode(chunk, { stream: true });
      const id = /^id: ?(.+)$/m.exec(text)?.[1];
      if (id !== undefined) return id;
    }
    throw new Error("the stream ended without an event");
  } finally {
    stop.abort();
  }
}
