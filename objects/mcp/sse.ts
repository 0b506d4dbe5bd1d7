/** Server-Sent Events as MCP uses them (WHATWG HTML, event streams). */
import { MAX_STREAM_QUEUE_BYTES } from "../limits.ts";

/** A message event. `id` lets the client resume after it. */
export function messageFrame(message: string, id?: string): string {
  return `event: message\n${id === undefined ? "" : `id: ${id}\n`}data: ${message}\n\n`;
}

/** The first event of a resumable stream: an id to resume from, before anything was sent. */
export function primingFrame(id: string, retry_ms: number): string {
  return `id: ${id}\nretry: ${retry_ms}\ndata: \n\n`;
}

export const SSE_HEADERS = {
  "Content-Type": "text/event-stream",
  "Cache-Control": "no-cache, no-transform",
  "X-Accel-Buffering": "no",
} as const;

/** One open SSE response written to directly. Its reader may vanish or lag; the session's log does not. */
export class ReaderStream {
  readonly body: ReadableStream<Uint8Array>;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  readonly #encoder = new TextEncoder();

  /** @param onGone called once when the reader went away or was dropped for lagging */
  constructor(onGone: () => void) {
    this.body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        cancel: () => {
          this.#controller = undefined;
          onGone();
        },
      },
      new ByteLengthQueuingStrategy({ highWaterMark: MAX_STREAM_QUEUE_BYTES }),
    );
  }

  /** @returns false when nobody reads any more */
  write(frame: string): boolean {
    const controller = this.#controller;
    if (controller === undefined) return false;
    const bytes = this.#encoder.encode(frame);
    controller.enqueue(bytes);
    if ((controller.desiredSize ?? 0) < 0) this.close();
    return this.#controller !== undefined;
  }

  close(): void {
    const controller = this.#controller;
    this.#controller = undefined;
    controller?.close();
  }
}
