/** What people do with the older version, with the newer one, with the older one again, and after all of it. */
import { SANDBOX } from "../../sandbox/clickup/index.ts";
import { check, must } from "../../../scripts/demo-steps.ts";
import type { Caller } from "../proof/caller.ts";
import { admin, flushAll } from "../proof/drain.ts";
import { messageOf, toolCall } from "../proof/requests.ts";
import {
  become,
  clientOf,
  connectByOAuth,
  createOnce,
  numberOfTools,
  pastedToken,
  reads,
  refresh,
  signInByPage,
  type OAuthClient,
  type User,
} from "./people.ts";
import { firstEvent } from "./stream.ts";
import type { Version, World } from "./world.ts";

/** Enough events for a batch to leave at once. */
const BATCH = 52;
const BATCH_WITHIN_MS = 60_000;
const WEBHOOK_WITHIN_MS = 20_000;
const TASK_WITHIN_MS = 20_000;
const NAME = "made in life 1";
const { tokens } = SANDBOX;

/** Requests a minute, on either plan. */
export const LIMIT = 200;

export interface Story {
  alice: User;
  bob: User;
  oauth: OAuthClient;
  /** Clients with a session that was opened by the version that ran then. */
  sessions: Caller[];
  plain: Caller;
  stateless: Caller;
  bobs: Caller;
  /** The first event of the stream of Bob's session. */
  event: string;
  /** A tool call of hers that ran as a task; undefined before there were any. */
  taskId: string | undefined;
  /** Tools Alice's plan has. */
  tools: number;
  /** Of tasks she made, each its own idempotency key. */
  names: string[];
}

/** Batches of a user in R2, and puts of theirs that failed. */
function batches({ r2 }: World, { userId }: User): { stored: number; failed: number } {
  const own = r2.attempts.filter(({ key }) => key.startsWith(`audit/${userId}/`));
  return {
    stored: own.filter(({ end }) => end === "stored").length,
    failed: own.filter(({ end }) => end === "refused").length,
  };
}

/** Leaves a batch on its way: frozen, tried, not stored. */
async function leavePending(world: World, user: User, callers: readonly Caller[]): Promise<void> {
  world.trouble.r2 = true;
  const before = batches(world, user).failed;
  await reads(callers, BATCH);
  await become("a put that fails", BATCH_WITHIN_MS, () => batches(world, user).failed > before);
}

/** State of every kind, written by a version whose database is new. */
export async function write(world: World, version: Version): Promise<Story> {
  const { origin } = world;
  const [alice, bob] = await check("sign in by page", async () => {
    const both = [await signInByPage(origin, tokens.alice), await signInByPage(origin, tokens.bob)] as const;
    return ["two people, a pasted token each", both];
  });
  const oauth = await check("sign in by OAuth", async () => {
    const connected = await connectByOAuth(origin);
    return ["the first of them has a client with tokens too", connected];
  });
  const plain = clientOf(origin, alice, alice.jwt, "plain");
  const stateless = clientOf(origin, alice, alice.jwt, "stateless");
  const inSession = clientOf(origin, alice, oauth.access, "session");
  const bobs = clientOf(origin, bob, bob.jwt, "session");
  const event = version.sessions ? await openSessions(world, version, inSession, bobs) : "";
  const tools = await check("a plan", async () => {
    if (version.sells) await buy(world, alice, plain);
    const count = await numberOfTools(plain);
    return [`${version.sells ? "bought by Checkout" : "none to buy yet"}; ${count} tools`, count];
  });
  const taskId = version.sells ? await runTask(stateless) : undefined;
  await check("calls, and a batch in R2", async () => {
    await createOnce(plain, NAME);
    await reads([plain, stateless, inSession], BATCH);
    await become("a batch", BATCH_WITHIN_MS, () => batches(world, alice).stored > 0);
    return [`${batches(world, alice).stored} stored`, undefined];
  });
  await check("calls, and a batch that waits", async () => {
    await reads([bobs], 3);
    await leavePending(world, alice, [inSession, plain, stateless]);
    return ["frozen, refused by R2", undefined];
  });
  const sessions = [inSession, bobs];
  return { alice, bob, oauth, sessions, plain, stateless, bobs, event, taskId, tools, names: [NAME] };
}

/** @returns the first event of the second one's stream */
function openSessions({ origin }: World, version: Version, first: Caller, second: Caller): Promise<string> {
  return check("sessions", async () => {
    for (const caller of [first, second])
      must((await caller.openSession()) === "answered", "a session was not opened");
    if (version.sells) {
      const level = await second.call({ method: "logging/setLevel", params: { level: "warning" } });
      must(level?.end === "answered", "the log level was not set");
    }
    const event = await firstEvent(origin, second.identity.bearer, second.sessionId ?? "");
    must(event !== null, "the stream had no event");
    return ["two opened, one with a stream", event];
  });
}

/** A tool with many changes, as a task that has ended. @returns its id */
function runTask(caller: Caller): Promise<string> {
  return check("a task", async () => {
    const tasks = Array.from({ length: 3 }, (_, i) => ({ name: `of the task ${i}` }));
    const started = await caller.call({
      ...toolCall("clickup_task_bulk_create", { list: SANDBOX.lists.onboarding, tasks }),
      capabilities: { extensions: { "io.modelcontextprotocol/tasks": {} } },
    });
    const taskId = messageOf(started?.answer?.body ?? "{}").result?.taskId;
    must(taskId !== undefined, "no task was started");
    const until_ms = Date.now() + TASK_WITHIN_MS;
    while ((await statusOf(caller, taskId)) !== "completed") {
      must(Date.now() < until_ms, "the task did not end");
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
    return ["completed", taskId];
  });
}

async function statusOf(caller: Caller, taskId: string): Promise<string | undefined> {
  const capabilities = { extensions: { "io.modelcontextprotocol/tasks": {} } };
  const got = await caller.call({ method: "tasks/get", params: { taskId }, capabilities });
  return messageOf(got?.answer?.body ?? "{}").result?.status;
}

async function buy({ origin }: World, user: User, caller: Caller): Promise<void> {
  const before = await numberOfTools(caller);
  const login = await user.browser.open(`${origin}/auth/login?for=account`);
  if (!login.url.includes("/account")) await user.browser.submit(login, { api_key: tokens.alice }, "token");
  const plan = await user.browser.open(`${origin}/account/plan`);
  const checkout = await user.browser.submit(plan, {}, "Upgrade");
  await user.browser.submit(checkout, {}, "pay");
  const until_ms = Date.now() + WEBHOOK_WITHIN_MS;
  while ((await numberOfTools(caller)) <= before) {
    must(Date.now() < until_ms, "the plan did not begin");
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

/** What the version before left is there, and it goes on; at the end another batch waits. */
export async function goOn(world: World, story: Story, version: Version): Promise<void> {
  const { origin } = world;
  world.trouble.r2 = false;
  const { alice, bob, bobs, plain } = story;
  await check("sessions", async () => {
    for (const caller of story.sessions) {
      await reads([caller], 1);
      must(caller.sessionId !== undefined, `one was lost: ${caller.calls.at(-1)?.detail ?? ""}`);
    }
    await firstEvent(origin, bob.jwt, bobs.sessionId ?? "", story.event);
    return [`${story.sessions.length} answer, the stream resumes`, undefined];
  });
  await check("tokens", async () => {
    story.oauth = await refresh(origin, story.oauth);
    const refreshed = clientOf(origin, alice, story.oauth.access, "stateless");
    const pasted = clientOf(origin, bob, await pastedToken(origin, bob.browser, tokens.bob), "session");
    must((await pasted.openSession()) === "answered", "a new session was not opened");
    await reads([refreshed, pasted], 2);
    story.sessions.push(pasted);
    return ["the old ones work; one was refreshed; a new one has a session", undefined];
  });
  await check("the plan, a task, creates that are repeated", async () => {
    const tools = await numberOfTools(plain);
    must(tools === story.tools, `${tools} tools, there were ${story.tools}`);
    const name = `made in life ${story.names.length + 1}`;
    for (const known of [...story.names, name, name]) await createOnce(plain, known);
    story.names.push(name);
    const { taskId } = story;
    if (taskId !== undefined)
      must((await statusOf(story.stateless, taskId)) === "completed", "the task is not there any more");
    return [`${tools} tools; ${story.names.length} keys`, undefined];
  });
  if (version.hasAdmin) {
    await check("what the operator sees", async () => {
      const { schema, devices, keys } = (await admin(world.admin, "inspect", { user: alice.userId })) as {
        schema: number;
        devices: unknown[];
        keys: { current: boolean }[];
      };
      must(devices.length >= 2, `${devices.length} devices`);
      must(keys.length > 0 && keys.every(({ current }) => current), "a credential cannot be opened");
      return [`shape ${schema}, ${devices.length} devices, ${keys.length} credentials`, undefined];
    });
  }
  await check("the batch that waited", async () => {
    const waiting = [alice, bob].flatMap(({ userId }) => {
      const last = world.r2.attempts.findLast(({ key }) => key.startsWith(`audit/${userId}/`));
      return last?.end === "refused" ? [last.key] : [];
    });
    // It would go by itself, some time after the last attempt.
    if (version.hasAdmin) await flushAll(world.admin, [alice.userId, bob.userId]);
    await become("a waiting batch", BATCH_WITHIN_MS, () => waiting.every((key) => world.r2.objects.has(key)));
    return ["stored under its key", undefined];
  });
  await check("a batch that waits", async () => {
    await leavePending(world, bob, [bobs]);
    return ["frozen, refused by R2", undefined];
  });
}

/** The window holds what every life admitted, so nobody gets more than the limit. */
export async function reachLimit(world: World, { plain, stateless }: Story): Promise<void> {
  world.trouble.r2 = false;
  await check("the limit", async () => {
    const { refused } = await reads([plain, stateless], LIMIT + 10);
    must(refused > 0, "nothing was refused");
    return [`${LIMIT + 10 - refused} more calls passed`, undefined];
  });
}
