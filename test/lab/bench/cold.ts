/** Eviction: the first call afterwards beside a warm one, and whether an idle stream holds an object in memory. */
import { toolCall } from "./cases.ts";
import { Connection, postBytes } from "../workerd/connection.ts";
import { spread, type Spread } from "./slices.ts";
import { makeUsers, openSession } from "../workerd/users.ts";
import type { Running } from "./workerd.ts";

export interface ColdStart {
  first_ms: Spread;
  warm_ms: Spread;
  /** Objects that had lost their memory when they were called first, of `objects`. */
  evicted: number;
  objects: number;
  /** Objects with a connected, idle GET stream, and how many of them were evicted under it. */
  streams: number;
  streamsEvicted: number;
}

/** workerd evicts after 10 s without a request. */
const IDLE_MS = 13_000;

export async function measureCold(running: Running, objects = 32, streams = 4): Promise<ColdStart> {
  const options = { service: "measured", setup: "setup-measured", prefix: "cold" };
  const users = await makeUsers(running, { ...options, count: objects + streams });
  const url = `${running.origins["measured"]}/mcp`;
  const life = async (userId: string): Promise<string> =>
    (await fetch(`${running.origins["measured"]}/measure/life?user=${userId}`)).text();
  const calls = users.map((user) => postBytes(url, toolCall, { Authorization: `Bearer ${user.jwt}` }));
  const [first] = calls;
  if (first === undefined) throw new Error("no users");
  const connection = new Connection(first.host, first.port);
  for (const { bytes } of calls) await connection.send(bytes);
  const open: AbortController[] = [];
  for (const { jwt } of users.slice(objects)) {
    const headers = { Authorization: `Bearer ${jwt}` };
    const sessionId = await openSession(url, headers);
    const stop = new AbortController();
    const stream = await fetch(url, {
      headers: { ...headers, Accept: "text/event-stream", "Mcp-Session-Id": sessionId },
      signal: stop.signal,
    });
    if (!stream.ok) throw new Error(`no stream: ${stream.status}`);
    open.push(stop);
  }
  const before = await Promise.all(users.map((user) => life(user.userId)));
  await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
  const firsts: number[] = [];
  const warms: number[] = [];
  for (const { bytes } of calls.slice(0, objects)) {
    firsts.push(await timed(connection, bytes));
    warms.push(await timed(connection, bytes));
  }
  connection.close();
  const after = await Promise.all(users.map((user) => life(user.userId)));
  for (const stop of open) stop.abort();
  const changed = after.map((now, i) => now !== before[i]);
  return {
    first_ms: spread(firsts),
    warm_ms: spread(warms),
    evicted: changed.slice(0, objects).filter(Boolean).length,
    objects,
    streams,
    streamsEvicted: changed.slice(objects).filter(Boolean).length,
  };
}

async function timed(connection: Connection, bytes: Buffer): Promise<number> {
  const started = performance.now();
  const answer = await connection.send(bytes);
  if (!answer.includes("Product")) throw new Error(`unexpected answer: ${answer.slice(0, 400)}`);
  return performance.now() - started;
}
