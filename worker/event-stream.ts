/**
 * A client's idle SSE stream, held here: the user's object writes complete SSE frames into a hibernatable
 * WebSocket, so a connected client costs the object neither memory nor duration.
 */

/** Proxies cut connections that are silent for a minute or so. */
const KEEP_ALIVE_MS = 15_000;
/** A reader this far behind is dropped; it comes back with Last-Event-ID and gets what it missed. */
export const MAX_QUEUE_BYTES = 1024 * 1024;

/**
 * Turns the object's WebSocket (server side not yet accepted) into the SSE response of the client.
 * Each text message is passed on as it is. Either side going away closes the other.
 * @param headers more headers for the response, e.g. the session id.
 */
export function eventStreamOf(socket: WebSocket, headers: Headers): Response {
  const encoder = new TextEncoder();
  let open = true;
  let timer: ReturnType<typeof setInterval> | undefined;
  const stop = (reason: string): void => {
    if (!open) return;
    open = false;
    clearInterval(timer);
    socket.close(1000, reason);
  };
  const body = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const end = (reason: string): void => {
          if (!open) return;
          stop(reason);
          controller.close();
        };
        const write = (frame: string): void => {
          if (!open) return;
          controller.enqueue(encoder.encode(frame));
          if ((controller.desiredSize ?? 0) < 0) end("reader too slow");
        };
        socket.addEventListener("message", ({ data }) => {
          if (typeof data === "string") write(data);
        });
        socket.addEventListener("close", () => end("ended"));
        socket.addEventListener("error", () => end("failed"));
        timer = setInterval(() => write(": keep-alive\n\n"), KEEP_ALIVE_MS);
        socket.accept();
      },
      cancel: () => stop("client gone"),
    },
    new ByteLengthQueuingStrategy({ highWaterMark: MAX_QUEUE_BYTES }),
  );
  headers.set("Content-Type", "text/event-stream");
  headers.set("Cache-Control", "no-cache, no-transform");
  headers.set("X-Accel-Buffering", "no");
  return new Response(body, { headers });
}
