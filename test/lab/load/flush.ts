/** Sends everything that waits to R2, by the operator's command. */
import type { LoadUser } from "./people.ts";

const AT_ONCE = 16;

export async function flushAll(origin: string, people: readonly LoadUser[]): Promise<void> {
  const waiting = people.values();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const { userId } of waiting) {
        const answer = await fetch(`${origin}/flush`, {
          method: "POST",
          body: JSON.stringify({ user: userId }),
        });
        if (!answer.ok) throw new Error(`flush answered ${answer.status}: ${await answer.text()}`);
        await answer.arrayBuffer();
      }
    }),
  );
}
