/** Users of a load run: each with ClickUp answers of their own, and three sessions. */
import type { Span } from "../proof/windows.ts";
import type { Origins } from "../workerd/serve.ts";
import { openSession, signIn } from "../workerd/users.ts";

export interface Session {
  id: string;
  bearer: string;
}

export interface LoadUser {
  userId: string;
  /** The name of the Space that only this user's token shows. */
  space: string;
  sessions: Session[];
  answered: Span[];
  refused: Span[];
}

const SESSIONS = 3;
/** Users that open their sessions at a time. */
const AT_ONCE = 16;

/** Signs users in and opens their sessions: one over OAuth, the others over a device token. */
export async function makePeople(running: { origins: Origins }, count: number): Promise<LoadUser[]> {
  const people = Array.from({ length: count }, (_, i) => ({
    userId: userIdOf(i),
    clickupUserId: String(1_000 + i),
    token: `pk_load_${i}`,
  }));
  const signedIn = await signIn(running, { service: "product", setup: "setup" }, people);
  const url = `${running.origins["product"]}/mcp`;
  const users = signedIn.map(({ userId }, i): LoadUser => ({
    userId,
    space: `Space of ${i}`,
    sessions: [],
    answered: [],
    refused: [],
  }));
  const waiting = signedIn.entries();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const [i, { oauth, jwt }] of waiting) {
        for (let n = 0; n < SESSIONS; n++) {
          const bearer = n === 0 ? oauth : jwt;
          const sent_ms = Date.now();
          const id = await openSession(url, { Authorization: `Bearer ${bearer}` });
          users[i]?.sessions.push({ id, bearer });
          users[i]?.answered.push({ sent_ms, ended_ms: Date.now() });
        }
      }
    }),
  );
  return users;
}

/** Of the form of real ids, so that the operator's commands find them. */
function userIdOf(i: number): string {
  const letters = String(i)
    .padStart(6, "0")
    .replaceAll(/\d/g, (digit) => "abcdefghij"[Number(digit)] ?? "");
  return `u_load${letters}${"a".repeat(10)}`;
}
