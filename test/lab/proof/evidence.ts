/** Gathers at the end of a run what is to be judged. */
import type { SandboxCall } from "../../sandbox/clickup/index.ts";
import type { R2Bucket } from "../workerd/r2.ts";
import { readDatabase } from "./databases.ts";
import type { Call, Evidence } from "./history.ts";

/** @param run `stateDir`: of a server that does not run any more; `seen`: ClickUp's calls */
export function evidenceOf(run: {
  limit: number;
  calls: Call[];
  userIds: readonly string[];
  r2: R2Bucket;
  seen: readonly SandboxCall[];
  stateDir: string;
}): Evidence {
  const { limit, calls, userIds, r2, seen, stateDir } = run;
  const users = userIds.map((userId) => {
    const own = ({ key }: { key: string }): boolean => key.startsWith(`audit/${userId}/`);
    return {
      userId,
      objects: [...r2.objects].map(([key, { body }]) => ({ key, body })).filter(own),
      puts: r2.attempts.filter(own),
      database: readDatabase(stateDir, userId),
    };
  });
  return { limit, calls, users, made: madeBy(seen) };
}

/** Names of tasks with how often ClickUp made them. */
function madeBy(seen: readonly SandboxCall[]): Map<string, number> {
  const made = new Map<string, number>();
  for (const { operation, status, body } of seen) {
    if (operation !== "POST /v2/list/{list_id}/task" || status !== 200) continue;
    const { name } = body as { name: string };
    made.set(name, (made.get(name) ?? 0) + 1);
  }
  return made;
}
