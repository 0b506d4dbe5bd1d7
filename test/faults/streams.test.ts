/** Clients that do not read, or never come back: what is kept for them is bounded, and nothing they missed is lost. */
import { runInDurableObject } from "cloudflare:test";
import { describe, expect, test } from "vitest";
import { MAX_SESSION_EVENT_BYTES, MAX_SESSION_EVENTS, MAX_STREAM_QUEUE_BYTES } from "../../objects/limits.ts";
import { ReaderStream } from "../../objects/mcp/sse.ts";
import { readEvents } from "../support/sse.ts";
import { newUser, userObject, type TestUser } from "../support/users.ts";
import { listen, openSession } from "./sessions.ts";

/** Something changes, many times over: every session of the user is told. */
const change = (user: TestUser, times: number): Promise<void> =>
  runInDurableObject(userObject(user.userId), async (object) => {
    for (let i = 0; i < times; i++) await object.toolsChanged();
  });

const rowsOf = (user: TestUser): Promise<{ n: number; bytes: number }> =>
  runInDurableObject(userObject(user.userId), (_, state) =>
    state.storage.sql
      .exec<{ n: number; bytes: number }>(
        "SELECT count(*) AS n, coalesce(sum(length(message)), 0) AS bytes FROM session_events",
      )
      .one(),
  );

const openSockets = (user: TestUser): Promise<number> =>
  runInDurableObject(
    userObject(user.userId),
    (_, state) => state.getWebSockets().filter((s) => s.readyState === WebSocket.OPEN).length,
  );

describe("a client that does not read its stream", () => {
  test("is dropped at the bound; what is kept for it is bounded too, and comes when it comes back", async () => {
    const user = await newUser();
    const session = await openSession(user);
    const unread = await listen(user, session);
    expect(await openSockets(user)).toBe(1);
    // A frame is about a hundred bytes: this is well above what the Worker keeps for a reader.
    await change(user, Math.ceil((MAX_STREAM_QUEUE_BYTES * 1.3) / 100));
    await expect.poll(() => openSockets(user)).toBe(0);
    const kept = await rowsOf(user);
    expect(kept.n).toBeLessThanOrEqual(MAX_SESSION_EVENTS + 64);
    expect(kept.bytes).toBeLessThanOrEqual(MAX_SESSION_EVENT_BYTES);
    await unread.body?.cancel();
    const again = readEvents(await listen(user, { ...session, "Last-Event-ID": "s~1" }));
    for (let i = 0; i < MAX_SESSION_EVENTS; i++) expect((await again.next()).data).toContain("list_changed");
    await again.cancel();
  });

  test("costs the answer of a call no more than the bound: the rest stays in the log", async () => {
    let gone = 0;
    const stream = new ReaderStream(() => {
      gone++;
    });
    const frame = `data: ${"x".repeat(64 * 1024)}\n\n`;
    let written = 0;
    while (written <= MAX_STREAM_QUEUE_BYTES && stream.write(frame)) written += frame.length;
    expect(written).toBeLessThanOrEqual(MAX_STREAM_QUEUE_BYTES);
    expect(stream.write(frame)).toBe(false);
    const reader = stream.body.getReader();
    let read = 0;
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      read += value.byteLength;
    }
    expect(read).toBe(written + frame.length);
    expect(gone).toBe(0);
  });
});
