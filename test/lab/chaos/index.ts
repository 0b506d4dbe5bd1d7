/**
 * `npm run chaos`: users' clients call reading and writing tools while the server's process is killed about once a
 * second; afterwards their history is held against every promise. The seed fixes the plan, not the moments.
 * Options: `--minutes 3` or `--seconds 15`, `--seed 1`, `--limit 200` requests a minute, `--flush` (do not wait for
 * alarms at the end). Exits 1 when a promise was broken.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { SANDBOX } from "../../sandbox/clickup/index.ts";
import { Marks } from "../proof/caller.ts";
import { check } from "../proof/check.ts";
import { flushAll, proofOf, standsOf, waitForAlarms } from "../proof/drain.ts";
import { evidenceOf } from "../proof/evidence.ts";
import type { Lane } from "../proof/requests.ts";
import { Random } from "../workerd/random.ts";
import { signIn, type Person } from "../workerd/users.ts";
import { Client, type Plan } from "./client.ts";
import { figures, verdict } from "./report.ts";
import { makeWorld, type World } from "./world.ts";

const USERS = 8;
const LANES: { lane: Lane; token: "oauth" | "jwt" }[] = [
  { lane: "plain", token: "jwt" },
  { lane: "session", token: "oauth" },
  { lane: "stateless", token: "oauth" },
  { lane: "session", token: "jwt" },
  { lane: "stateless", token: "jwt" },
  { lane: "plain", token: "oauth" },
];
const REFUSED_WITHIN_MS = 30_000;
/** Every other user's clients are in a hurry and reach the limit; the others stay below it. */
const PAUSE_MS = { hurried: 220, calm: 2_400 };

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "3" },
    seconds: { type: "string" },
    seed: { type: "string", default: "1" },
    limit: { type: "string", default: "200" },
    flush: { type: "boolean", default: false },
  },
});
const options = {
  seconds: values.seconds === undefined ? Number(values.minutes) * 60 : Number(values.seconds),
  seed: Number(values.seed),
  limit: Number(values.limit),
};

const people = Array.from({ length: USERS }, (_, i): Person => ({
  // Of the form of real ids, so that the operator's commands find them.
  userId: `u_chaos${"abcdefgh"[i]}${"a".repeat(14)}`,
  clickupUserId: String(SANDBOX.users.alice + 1_000 * (i + 1)),
  token: SANDBOX.tokens.alice,
}));
/** R2 is in trouble for half of the users, of both kinds. */
const troubled = new Set(people.filter((_, i) => i % 4 >= 2).map(({ userId }) => userId));

const workDir = mkdtempSync(join(tmpdir(), "clickup-mcp-chaos-"));
process.once("exit", () => rmSync(workDir, { recursive: true, force: true }));
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => process.exit(1));

const random = new Random(options.seed);
const world = await makeWorld({
  limit: options.limit,
  workDir,
  random: random.fork(),
  troubled: (key) => troubled.has(key.split("/")[1] ?? ""),
});
try {
  process.exitCode = (await run(world)) ? 0 : 1;
} catch (error) {
  console.error(world.workerd.output());
  throw error;
} finally {
  await world.stop();
}

async function run(world: World): Promise<boolean> {
  const { workerd, killer, r2, clickup } = world;
  const userIds = people.map(({ userId }) => userId);
  await workerd.start();
  const clients = await makeClients(world);
  const until_ms = Date.now() + options.seconds * 1_000;
  const running = clients.map((client) => client.run());
  await killer.run(until_ms);
  await untilRefused(clients);
  for (const client of clients) client.stop();
  await Promise.all(running);
  await Promise.all(clients.map((client) => client.finish()));
  world.calm();

  const origin = workerd.origins["admin"] ?? "";
  let drained = "the operator's command";
  let left: string[] = [];
  if (!values.flush) {
    const stands = await standsOf(origin, userIds);
    await workerd.kill();
    await workerd.start();
    const waited = await waitForAlarms(r2, stands);
    left = waited.left;
    drained = `their own alarms in ${(waited.took_ms / 1_000).toFixed(0)} s`;
  }
  await flushAll(origin, userIds);
  const proof = await proofOf(origin, userIds);
  await workerd.kill();

  const evidence = evidenceOf({
    limit: options.limit,
    calls: clients.flatMap(({ caller }) => caller.calls),
    userIds,
    r2,
    seen: clickup.calls,
    stateDir: join(workDir, "state"),
  });
  const findings = check(evidence);
  findings.chain.push(...proof);
  findings.undrained.push(...left.map((userId) => `${userId}: left by its alarm`));
  figures(`${options.seed}`, evidence, clients, world, drained);
  return verdict(findings, evidence, clients);
}

async function makeClients({ workerd, killer }: World): Promise<Client[]> {
  const users = await signIn(workerd, { service: "product", setup: "setup" }, people);
  const { spaces, tasks, lists } = SANDBOX;
  return users.flatMap((user, i) => {
    const marks = new Marks();
    const pause_ms = i % 2 === 0 ? PAUSE_MS.hurried : PAUSE_MS.calm;
    return LANES.map(({ lane, token }) => {
      const plan: Plan = { userId: user.userId, bearer: user[token], lane, pause_ms };
      return new Client(plan, {
        origin: workerd.origins["product"] ?? "",
        random: random.fork(),
        marks,
        kills: () => killer.count,
        space: spaces.product,
        task: tasks.export,
        list: lists.onboarding,
      });
    });
  });
}

/**
 * On a busy machine nobody may have come to the limit yet. The window still holds what was admitted before the kills,
 * so the clients go on in peace until somebody is refused.
 */
async function untilRefused(clients: readonly Client[]): Promise<void> {
  const until_ms = Date.now() + REFUSED_WITHIN_MS;
  const refused = (): boolean =>
    clients.some(({ caller }) => caller.calls.some(({ end }) => end === "refused"));
  while (!refused() && Date.now() < until_ms) await new Promise((resolve) => setTimeout(resolve, 100));
}
