/** Finding users for the operator: by our id, ClickUp's, Stripe's customer, or e-mail. */
import * as z from "zod";
import { userObject, type DirectoryRecord, type UserStub } from "../directory.ts";
import type { Bindings } from "../env.ts";
import { AdminError } from "./command.ts";

const PREFIX = "user:";
const USER_ID = /^u_[a-z2-7]{20}$/;
const PAGE = 100;
/** A look-up by e-mail reads the whole directory; past this many it is refused. */
const MAX_SCANNED = 5_000;

export const userInput = z.object({ user: z.string().min(1) });

export interface FoundUser {
  userId: string;
  object: UserStub;
}

/**
 * Users of the directory, in the order of their ids.
 * @returns `next`: the cursor of the next page, `null` at the end
 */
export async function listUsers(
  kv: KVNamespace,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): Promise<{ users: DirectoryRecord[]; next: string | null }> {
  const page = await kv.list({
    prefix: PREFIX,
    limit: Math.min(limit, PAGE),
    ...(cursor === undefined ? {} : { cursor }),
  });
  const texts =
    page.keys.length === 0 ? new Map<string, string | null>() : await kv.get(page.keys.map((k) => k.name));
  const users = [...texts.values()].flatMap((text) =>
    text === null ? [] : [JSON.parse(text) as DirectoryRecord],
  );
  return { users, next: page.list_complete ? null : page.cursor };
}

/** Every user, a page of the directory at a time. */
async function* everyUser(kv: KVNamespace): AsyncGenerator<DirectoryRecord> {
  let cursor: string | undefined;
  do {
    const { users, next } = await listUsers(kv, { limit: PAGE, cursor });
    yield* users;
    cursor = next ?? undefined;
  } while (cursor !== undefined);
}

/**
 * @param name `u_…`, a ClickUp user id, a Stripe customer `cus_…`, or an e-mail address
 * @throws AdminError when there is nobody of that name: an object is never made by asking for it
 */
export async function findUser(env: Bindings, name: string): Promise<FoundUser> {
  const userId = await userIdOfName(env.USER_MAPPINGS, name.trim());
  if (userId === null) {
    throw new AdminError(`There is no user "${name}". List them with: npm run admin -- users`);
  }
  return { userId, object: userObject(env, userId) };
}

async function userIdOfName(kv: KVNamespace, name: string): Promise<string | null> {
  if (USER_ID.test(name)) return (await kv.get(PREFIX + name)) === null ? null : name;
  if (/^\d+$/.test(name)) {
    return (await kv.get<{ userId: string }>(`clickup:${name}`, "json"))?.userId ?? null;
  }
  if (name.startsWith("cus_")) return kv.get(`stripe:${name}`);
  if (!name.includes("@")) return null;
  let scanned = 0;
  for await (const { userId, email } of everyUser(kv)) {
    if (email?.toLowerCase() === name.toLowerCase()) return userId;
    if (++scanned >= MAX_SCANNED) {
      throw new AdminError(`The directory is too large to search by e-mail; use the ClickUp user id.`);
    }
  }
  return null;
}
