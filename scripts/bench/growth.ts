/** Whether a call costs more as a user's data grows. Each point is a new user. */
import { toolCall } from "./cases.ts";
import { load, once } from "./load.ts";
import { postBytes } from "../workerd/connection.ts";
import { cpuSeconds } from "./slices.ts";
import { makeUsers, openSession } from "../workerd/users.ts";
import type { Running } from "./workerd.ts";

export interface Growth {
  title: string;
  axis: string;
  points: { x: number; cpu_us: number }[];
}

const WAITING_EVENTS = [0, 1_000, 10_000, 100_000];
/** The last is the cap of a user. */
const SESSIONS = [0, 5, 20];
const CONNECTIONS = 4;
const REPEATS = 3;

export async function measureGrowth(running: Running, seconds: number): Promise<Growth[]> {
  const origin = running.origins["measured"] ?? "";
  const options = { service: "measured", setup: "setup-measured" };
  const journal = await makeUsers(running, { ...options, prefix: "rows", count: WAITING_EVENTS.length });
  const sessions = await makeUsers(running, { ...options, prefix: "sessions", count: SESSIONS.length });
  // The record waits because R2 is down: that is when rows pile up.
  await fetch(`${running.origins["stores"]}/trouble?r2=on`);
  for (const [i, events] of WAITING_EVENTS.entries()) {
    await fetch(`${origin}/measure/backlog?user=${journal[i]?.userId}&events=${events}`);
  }
  for (const [i, count] of SESSIONS.entries()) {
    for (let n = 0; n < count; n++)
      await openSession(`${origin}/mcp`, { Authorization: `Bearer ${sessions[i]?.jwt}` });
  }
  const cpu = async (jwts: readonly string[]): Promise<number[]> => {
    const costs = jwts.map((): number[] => []);
    for (let round = 0; round < REPEATS; round++) {
      for (const [i, jwt] of jwts.entries()) {
        const prepared = [postBytes(`${origin}/mcp`, toolCall, { Authorization: `Bearer ${jwt}` })];
        await once(prepared, "Product");
        const before = cpuSeconds(running.pid);
        const { requests } = await load(prepared, { connections: CONNECTIONS, seconds, expect: "Product" });
        costs[i]?.push(((cpuSeconds(running.pid) - before) / requests) * 1e6);
      }
    }
    return costs.map((all) => all.toSorted((a, b) => a - b)[all.length >> 1] ?? 0);
  };
  const rowCosts = await cpu(journal.map((u) => u.jwt));
  const sessionCosts = await cpu(sessions.map((u) => u.jwt));
  await fetch(`${running.origins["stores"]}/trouble?r2=off`);
  const points = (xs: readonly number[], costs: readonly number[]) =>
    xs.map((x, i) => ({ x, cpu_us: costs[i] ?? 0 }));
  return [
    { title: "waiting-events", axis: "events waiting for R2", points: points(WAITING_EVENTS, rowCosts) },
    { title: "sessions", axis: "open sessions of the user", points: points(SESSIONS, sessionCosts) },
  ];
}
