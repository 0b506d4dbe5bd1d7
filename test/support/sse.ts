/** Reads Server-Sent Events one by one from a response. */

interface SseEvent {
  id: string;
  event: string;
  data: string;
}

export interface EventReader {
  /** @throws Error when the stream has ended, or nothing comes in time */
  next(): Promise<SseEvent>;
  /** Every event until the stream ends. */
  rest(): Promise<SseEvent[]>;
  /** The client goes away. */
  cancel(): Promise<void>;
}

const WAIT_MS = 5_000;

export function readEvents(response: Response): EventReader {
  if (response.body === null || response.status !== 200) throw new Error(`no stream: ${response.status}`);
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let buffer = "";
  const next = async (): Promise<SseEvent> => {
    for (;;) {
      const end = buffer.indexOf("\n\n");
      if (end >= 0) {
        const lines = buffer.slice(0, end).split("\n");
        buffer = buffer.slice(end + 2);
        const field = (name: string): string =>
          lines
            .filter((l) => l.startsWith(`${name}:`))
            .map((l) => l.slice(name.length + 1).replace(/^ /, ""))
            .join("\n");
        if (lines.every((l) => l.startsWith(":"))) continue;
        return { id: field("id"), event: field("event"), data: field("data") };
      }
      const { done, value } = await withTimeout(reader.read());
      if (done) throw new Error("the stream has ended");
      buffer += decoder.decode(value, { stream: true });
    }
  };
  return {
    next,
    async rest() {
      const events: SseEvent[] = [];
      for (;;) {
        try {
          events.push(await next());
        } catch (error) {
          if (error instanceof Error && error.message === "the stream has ended") return events;
          throw error;
        }
      }
    },
    cancel: () => reader.cancel(),
  };
}

async function withTimeout<T>(promise: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`nothing came within ${WAIT_MS} ms`)), WAIT_MS);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
