/** R2 has been away so long that the record cannot take more: changes stop, reading goes on, and all of it recovers. */
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { afterEach, expect, test, vi } from "vitest";
import { BACKLOG_MAX_EVENTS } from "../../objects/limits.ts";
import { clickup } from "../support/outside.ts";
import { newUser, rpc, runDueJobs, userObject } from "../support/users.ts";
import { R2Faults } from "./r2-faults.ts";
import { archiveOf } from "./record.ts";

afterEach(() => vi.restoreAllMocks());

test("past the bound tools that write answer 503 and reach nothing; reading works, and R2 takes it all later", async () => {
  const r2 = R2Faults.install();
  const user = await newUser();
  await user.call("clickup_workspace_hierarchy");
  r2.down = true;
  await runInDurableObject(userObject(user.userId), (_, { storage }) => {
    // As if so many events had come while R2 was away: short rows, so that the test is short too.
    storage.sql.exec(
      `INSERT INTO journal (seq, t_ms, counted, method, started, outcome, finished)
       WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
       SELECT (SELECT max(seq) FROM journal) + i, (SELECT max(t_ms) FROM journal), 0, 'x',
         '{"requestId":"filler-' || i || '"}', 'ok', '{}' FROM n`,
      BACKLOG_MAX_EVENTS,
    );
  });
  await evictDurableObject(userObject(user.userId));
  clickup.clearCalls();
  const create = rpc("tools/call", {
    name: "clickup_task_create",
    arguments: { list: "Onboarding", name: "x" },
  });
  const refused = await user.post(create);
  expect([refused.status, refused.headers.get("Retry-After")]).toEqual([503, "60"]);
  expect(await refused.text()).toContain("Reading works");
  expect(clickup.calls).toEqual([]);
  expect((await user.call("clickup_space_get", { space: "Product" })).isError).toBeUndefined();

  r2.down = false;
  await runDueJobs(user.userId);
  const archived = await archiveOf(user.userId);
  expect(archived.length).toBeGreaterThan(BACKLOG_MAX_EVENTS);
  expect((await user.post(create)).status).toBe(200);
});
