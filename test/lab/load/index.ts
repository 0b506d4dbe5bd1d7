/**
 * `npm run load`: a thousand users with three sessions each on one server. Memory must stop growing, every answer must
 * be its user's own, limits must be exact for each, and under a flood every request must end in time, with an answer
 * or a refusal that says how long to wait.
 * Options: `--users 1000`, `--calls 300000`, `--connections 48`, `--seed 1`, `--soak` (for `--minutes 30` instead of a
 * number of calls). Exits 1 when a promise was broken.
 */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Random } from "../workerd/random.ts";
import { flushAll } from "./flush.ts";
import { judge } from "./judge.ts";
import { MemoryWatch, rss_mb } from "./memory.ts";
import { makePeople, type LoadUser } from "./people.ts";
import { print } from "./report.ts";
import { RecordKeeper } from "./record.ts";
import { Traffic, type Job } from "./traffic.ts";
import { startWorld, type World } from "./world.ts";

const { values } = parseArgs({
  options: {
    users: { type: "string", default: "1000" },
    calls: { type: "string", default: "300000" },
    connections: { type: "string", default: "48" },
    seed: { type: "string", default: "1" },
    soak: { type: "boolean", default: false },
    minutes: { type: "string", default: "30" },
  },
});
const users = Number(values.users);
const calls = values.soak ? Number.POSITIVE_INFINITY : Number(values.calls);
const soak_ms = values.soak ? Number(values.minutes) * 60_000 : Number.POSITIVE_INFINITY;
const connections = Number(values.connections);
const random = new Random(Number(values.seed));

/** Requests a minute; what a user on the free tier has. */
const LIMIT = 100;
/** Shares of the users: some go over their limit in one burst, some are flooded at the end. */
const BURSTING = 0.05;
const FLOODED = 0.02;
const OVER = 40;
const FLOOD = { connections: 256, share: 0.05, most: 10_000 };
/** A soaking run has a burst every so many calls. */
const SOAK_BURST_EVERY = 2_000;

/** Of Linux. What is tried here is the server, not how fast a disk syncs. */
const TMPFS = "/dev/shm";

const workDir = mkdtempSync(join(existsSync(TMPFS) ? TMPFS : tmpdir(), "clickup-mcp-load-"));
process.once("exit", () => rmSync(workDir, { recursive: true, force: true }));
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => process.exit(1));

const record = new RecordKeeper();
const world = await startWorld(workDir, LIMIT, record);
try {
  process.exitCode = (await run(world)) ? 0 : 1;
} finally {
  await world.stop();
}

async function run({ workerd }: World): Promise<boolean> {
  const started_mb = rss_mb(workerd.pid);
  const began_ms = Date.now();
  const people = await makePeople(workerd, users);
  const setup_ms = Date.now() - began_ms;
  const bursting = people.slice(0, Math.ceil(users * BURSTING));
  const flooded = people.slice(bursting.length, bursting.length + Math.ceil(users * FLOODED));
  const steady = people.slice(bursting.length + flooded.length);
  const traffic = new Traffic(workerd.origins["product"] ?? "");

  const watch = new MemoryWatch(workerd, () => traffic.calls);
  const steadyFrom_ms = Date.now();
  await traffic.run(connections, steadyJobs(steady, bursting, traffic));
  const steady_ms = Date.now() - steadyFrom_ms;
  await watch.stop();
  const steadyCalls = traffic.calls;
  await traffic.run(FLOOD.connections, floodJobs(flooded));

  await flushAll(workerd.origins["admin"] ?? "", people);
  const ended_mb = rss_mb(workerd.pid);
  const verdict = judge({ people, bursting, traffic, record, limit: LIMIT, samples: watch.samples });
  return print({ people, traffic, steadyCalls, steady_ms, setup_ms, started_mb, ended_mb, verdict, watch });
}

/** Calls of random users; now and then a user who sends more than the limit as fast as they can. */
function steadyJobs(
  steady: readonly LoadUser[],
  bursting: readonly LoadUser[],
  traffic: Traffic,
): () => Job | undefined {
  const until_ms = Date.now() + soak_ms;
  const every = values.soak ? SOAK_BURST_EVERY : calls / (bursting.length + 1);
  const queue: Job[] = [];
  let bursts = 0;
  return () => {
    if (traffic.calls >= calls || Date.now() > until_ms) return undefined;
    const next = queue.pop();
    if (next !== undefined) return next;
    const user = bursting[bursts % bursting.length];
    if (user !== undefined && traffic.calls >= every * (bursts + 1)) {
      bursts++;
      for (let i = 0; i < LIMIT + OVER; i++) queue.push(jobOf(user, i, "tools/call"));
    }
    return call(steady);
  };
}

/** Few users, many connections, no pause; and one user's pings. */
function floodJobs(flooded: readonly LoadUser[]): () => Job | undefined {
  const [pinging] = flooded;
  let left = Math.min(FLOOD.most, Number.isFinite(calls) ? calls * FLOOD.share : FLOOD.most);
  let pings = LIMIT * 10 + OVER;
  return () => {
    if (pinging !== undefined && pings > 0 && (left <= 0 || random.chance(0.5))) {
      pings--;
      return jobOf(pinging, pings, "ping");
    }
    return left-- > 0 ? call(flooded) : undefined;
  };
}

function call(of: readonly LoadUser[]): Job {
  const user = of[random.between(0, of.length - 1)];
  if (user === undefined) throw new Error("there are no users");
  return jobOf(user, random.between(0, user.sessions.length - 1), "tools/call");
}

/** @param turn which of the user's sessions, in turns */
function jobOf(user: LoadUser, turn: number, method: Job["method"]): Job {
  const session = user.sessions[turn % user.sessions.length];
  if (session === undefined) throw new Error(`${user.userId} has no session`);
  return { user, session, method };
}
