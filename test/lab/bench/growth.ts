/** Whether a call costs more as a user's data grows (each point is a new user), or the number of users does. */
import { toolCall } from "./cases.ts";
import { load, once } from "./load.ts";
import { postBytes } from "../workerd/connection.ts";
import { cpuSeconds } from "./slices.ts";
import { benchPeople, makeUsers, openSession, signUpAll } from "../workerd/users.ts";
import type { Running } from "./workerd.ts";

export interface Growth {
  title: string;
  axis: string;
  points: { x: number; cpu_us: number }[];
}

const WAITING_EVENTS = [0, 1_000, 10_000, 100_000];
/** The last is the cap of a user. */
const SESSIONS = [0, 5, 20];
/** Lists of the Workspace, whose hierarchy is kept when the call begins, which names a Space by its id. */
const PLACES = [10, 1_000, 10_000];
/** Users the server has; the same few of them call. */
const USERS = [10, 1_000, 10_000];
const CALLING = 10;
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
    await grow(`${origin}/measure/backlog?user=${journal[i]?.userId}`, "events", events);
  }
  for (const [i, count] of SESSIONS.entries()) {
    for (let n = 0; n < count; n++)
      await openSession(`${origin}/mcp`, { Authorization: `Bearer ${sessions[i]?.jwt}` });
  }
  const places = await makeUsers(running, { ...options, prefix: "places", count: PLACES.length });
  for (const [i, lists] of PLACES.entries()) {
    await grow(`${origin}/measure/places?user=${places[i]?.userId}`, "lists", lists);
  }
  const cpu = async (jwts: readonly string[]): Promise<number[]> => {
    const costs = jwts.map((): number[] => []);
    for (let round = 0; round < REPEATS; round++) {
      for (const [i, jwt] of jwts.entries()) {
        const prepared = [postBytes(`${origin}/mcp`, toolCall, { Authorization: `Bearer ${jwt}` })];
        await once(prepared, "Product");
        const before = cpuSeconds(running.pid);
        const options = { connections: CONNECTIONS, seconds: seconds / 2, expect: "Product" };
        const { requests } = await load(prepared, options);
        costs[i]?.push(((cpuSeconds(running.pid) - before) / requests) * 1e6);
      }
    }
    return costs.map((all) => all.toSorted((a, b) => a - b)[all.length >> 1] ?? 0);
  };
  const placeCosts = await cpu(places.map((u) => u.jwt));
  const rowCosts = await cpu(journal.map((u) => u.jwt));
  const sessionCosts = await cpu(sessions.map((u) => u.jwt));
  await fetch(`${running.origins["stores"]}/trouble?r2=off`);
  const userCosts = await growingUsers(running, cpu);
  const points = (xs: readonly number[], costs: readonly number[]) =>
    xs.map((x, i) => ({ x, cpu_us: costs[i] ?? 0 }));
  return [
    { title: "waiting-events", axis: "events waiting for R2", points: points(WAITING_EVENTS, rowCosts) },
    { title: "sessions", axis: "open sessions of the user", points: points(SESSIONS, sessionCosts) },
    {
      title: "places",
      axis: "Lists of the Workspace, when its hierarchy is kept",
      points: points(PLACES, placeCosts),
    },
    { title: "users", axis: "users of the server, of whom ten call", points: points(USERS, userCosts) },
  ];
}

/** @throws Error when there is not as much as was asked for: then nothing would be measured */
async function grow(url: string, what: "events" | "lists", count: number): Promise<void> {
  const answer = await fetch(`${url}&${what}=${count}`);
  const kept = (await answer.json()) as { events: number; lists: number };
  if (kept[what] < count) throw new Error(`${kept[what]} ${what} are there instead of ${count}`);
}

/** CPU of a call of the same users while others sign up. */
async function growingUsers(
  running: Running,
  cpu: (jwts: readonly string[]) => Promise<number[]>,
): Promise<number[]> {
  const options = { service: "measured", setup: "setup-measured" };
  const calling = await makeUsers(running, { ...options, prefix: "calling", count: CALLING });
  const costs: number[] = [];
  let users = CALLING;
  for (const wanted of USERS) {
    await signUpAll(
      running,
      options.setup,
      benchPeople({ prefix: `growth${wanted}-`, count: wanted - users }),
    );
    users = wanted;
    const each = await cpu(calling.map((user) => user.jwt));
    costs.push(each.toSorted((a, b) => a - b)[each.length >> 1] ?? 0);
  }
  return costs;
}
