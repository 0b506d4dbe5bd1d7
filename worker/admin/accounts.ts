/** Commands about one user: look, flush, stop devices, export, delete. */
import * as z from "zod";
import { createAuthorizationServer } from "../oauth/provider.ts";
import { forgetUser, userObject } from "../directory.ts";
import { configOf, type Bindings } from "../env.ts";
import { logEvent } from "../log.ts";
import { AdminError, type Answer } from "./command.ts";
import { findUser, listUsers, userInput } from "./users.ts";

const usersInput = z.object({
  limit: z.number().int().min(1).max(100).default(100),
  cursor: z.string().optional(),
});
const revokeInput = z.object({ user: z.string().min(1), device: z.string().min(1) });
const deleteInput = z.object({ user: z.string().min(1), confirm: z.string().default("") });

/** A page of the directory: `{ users, next }`. */
export async function users(input: unknown, env: Bindings): Promise<Answer> {
  return { ...(await listUsers(env.USER_MAPPINGS, usersInput.parse(input))) };
}

export async function inspect(input: unknown, env: Bindings): Promise<Answer> {
  const { userId, object } = await findUser(env, userInput.parse(input).user);
  const [inspection, plan] = await Promise.all([object.operator().inspect(), object.billing().plan()]);
  const { linkRef: _, ...withoutLink } = plan;
  const grants = await grantsOf(env, userId);
  return { ...inspection, plan: withoutLink, oauthGrants: grants.length };
}

export async function limits(input: unknown, env: Bindings): Promise<Answer> {
  const { userId, object } = await findUser(env, userInput.parse(input).user);
  const [{ tier, limits }, usage] = await Promise.all([object.operator().inspect(), object.desk().usage()]);
  return { userId, tier, ...limits, days: usage.days };
}

export async function sessions(input: unknown, env: Bindings): Promise<Answer> {
  const { userId, object } = await findUser(env, userInput.parse(input).user);
  const { sessions, devices } = await object.operator().inspect();
  return { userId, sessions, devices };
}

export async function flush(input: unknown, env: Bindings): Promise<Answer> {
  const { userId, object } = await findUser(env, userInput.parse(input).user);
  return { userId, ...(await object.operator().flush()) };
}

/** Stops one device, or `device: "all"`. Acts on its next request. */
export async function revoke(input: unknown, env: Bindings): Promise<Answer> {
  const { user, device } = revokeInput.parse(input);
  const { userId, object } = await findUser(env, user);
  const active = (await object.devices()).filter((d) => d.revoked_ms === null);
  const stopped = active.filter((d) => device === "all" || d.deviceId === device);
  if (stopped.length === 0 && device !== "all") {
    throw new AdminError(
      `${userId} has no active device "${device}". See: npm run admin -- inspect ${userId}`,
    );
  }
  const ids = new Set(stopped.map((d) => d.deviceId));
  for (const deviceId of ids) await object.revokeDevice(deviceId);
  if (device === "all") await object.desk().closeWebSessions();
  const ended = await endGrants(env, userId, (deviceId) => device === "all" || ids.has(deviceId));
  logEvent("warn", "admin_revoke", { user: userId, devices: ids.size, grants: ended });
  return { userId, stopped: [...ids], grantsEnded: ended };
}

/** Everything held about the user, as a stream of JSON text. */
export async function exportUser(input: unknown, env: Bindings): Promise<Answer> {
  const { object } = await findUser(env, userInput.parse(input).user);
  return object.desk().exportData();
}

/** Deletes the account. `confirm` must repeat the user id. */
export async function deleteUser(input: unknown, env: Bindings): Promise<Answer> {
  const { user, confirm } = deleteInput.parse(input);
  const { userId, object } = await findUser(env, user);
  if (confirm !== userId) {
    throw new AdminError(
      `This deletes everything of ${userId}, its record included. Add: --confirm ${userId}`,
    );
  }
  const account = await object.account();
  try {
    const removed = await object.deleteAccount();
    if (!removed.ok) throw new AdminError(removed.error.message);
  } catch (error) {
    if (error instanceof AdminError) throw error;
    // The object restarts when it is empty, which may end the call before its answer.
    logEvent("info", "object_restarted", { why: error instanceof Error ? error.message : "unknown" });
  }
  if ((await userObject(env, userId).account()).ok) throw new Error("the account was not removed");
  const grantsEnded = await endGrants(env, userId, () => true);
  if (account.ok) await forgetUser(env.USER_MAPPINGS, account.value);
  else await env.USER_MAPPINGS.delete(`user:${userId}`);
  logEvent("warn", "admin_delete", { user: userId });
  return { userId, deleted: true, grantsEnded };
}

type Grants = { id: string; deviceId: string | null }[];

async function grantsOf(env: Bindings, userId: string): Promise<Grants> {
  const oauth = createAuthorizationServer(configOf(env).origin).getOAuthApi(env);
  const grants: Grants = [];
  let cursor: string | undefined;
  do {
    const page = await oauth.listUserGrants(userId, cursor === undefined ? {} : { cursor });
    for (const { id, metadata } of page.items) {
      const deviceId = (metadata as { deviceId?: unknown } | null)?.deviceId;
      grants.push({ id, deviceId: typeof deviceId === "string" ? deviceId : null });
    }
    cursor = page.cursor;
  } while (cursor !== undefined);
  return grants;
}

async function endGrants(
  env: Bindings,
  userId: string,
  which: (deviceId: string) => boolean,
): Promise<number> {
  const oauth = createAuthorizationServer(configOf(env).origin).getOAuthApi(env);
  const ending = (await grantsOf(env, userId)).filter(({ deviceId }) => which(deviceId ?? ""));
  for (const { id } of ending) await oauth.revokeGrant(id, userId);
  return ending.length;
}
