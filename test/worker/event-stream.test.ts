/** The SSE stream the Worker holds for a client while the object sleeps behind a WebSocket. */
import { afterEach, expect, it, vi } from "vitest";
import { eventStreamOf, MAX_QUEUE_BYTES } from "../../worker/event-stream.ts";

/** A stream and the object's end of its socket. */
function open(headers = new Headers()) {
  const { 0: toWorker, 1: object } = new WebSocketPair();
  object.accept();
  const closed = new Promise<string>((resolve) =>
    object.addEventListener("close", (event) => resolve(event.reason)),
  );
  const response = eventStreamOf(toWorker, headers);
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  const read = async () => {
    const { value, done } = await reader.read();
    return done ? null : new TextDecoder().decode(value);
  };
  return { object, response, reader, read, closed };
}

afterEach(() => vi.useRealTimers());

it("passes frames on as they are, under the headers of an event stream", async () => {
  const { object, response, read } = open(new Headers({ "Mcp-Session-Id": "s-1" }));
  expect(Object.fromEntries(response.headers)).toMatchObject({
    "content-type": "text/event-stream",
    "cache-control": "no-cache, no-transform",
    "mcp-session-id": "s-1",
  });
  object.send("id: 1\ndata: {}\n\n");
  object.send("event: message\ndata: ü\n\n");
  expect(await read()).toBe("id: 1\ndata: {}\n\n");
  expect(await read()).toBe("event: message\ndata: ü\n\n");
});

it("ends when the object closes, after what was sent before", async () => {
  const { object, read } = open();
  object.send("data: last\n\n");
  object.close(1000, "session ended");
  expect(await read()).toBe("data: last\n\n");
  expect(await read()).toBeNull();
});

it("tells the object when the client goes away", async () => {
  const { reader, closed } = open();
  await reader.cancel();
  expect(await closed).toBe("client gone");
});

it("drops a client that does not read, instead of keeping everything for it", async () => {
  const { object, closed } = open();
  const frame = `data: ${"x".repeat(64 * 1024)}\n\n`;
  for (let sent = 0; sent <= MAX_QUEUE_BYTES; sent += frame.length) object.send(frame);
  object.send(frame);
  expect(await closed).toBe("reader too slow");
});

it("keeps a silent connection alive", async () => {
  vi.useFakeTimers();
  const { read } = open();
  const next = read();
  await vi.advanceTimersByTimeAsync(15_000);
  expect(await next).toMatch(/^:.*\n\n$/);
});
