/**
 * Every older version's database, with real data, is read by today's object. A version that came along with the next
 * one has no database of its own: it is the one before, as a restart between the two migrations leaves it.
 */
import { runInDurableObject } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { MIGRATIONS } from "../../migrations/index.ts";
import { SANDBOX } from "../sandbox/clickup/index.ts";
import { clickup } from "../support/outside.ts";
import { rpc, tokenFor, type TestUser, type ToolResult } from "../support/users.ts";
import { FIXTURES, restore, type Fixture } from "./fixture.ts";

const NEWEST = MIGRATIONS.length;
/** Longer than the window. */
const RESTED_MS = 61_000;
const BOTH = { Accept: "application/json, text/event-stream" };

const CASES = MIGRATIONS.map(({ id }) => {
  const fixture = FIXTURES.findLast(({ version }) => version <= id);
  if (fixture === undefined) throw new Error(`there is no database of version ${id} or before`);
  return { version: id, fixture };
});

type Row = Record<string, string | number | null>;

function rows(object: TestUser["object"], query: string): Promise<Row[]> {
  return runInDurableObject(object, (_, state) => state.storage.sql.exec<Row>(query).toArray());
}

/** The rows a table had, as the fixture says. */
function had({ statements }: Fixture, table: string): number {
  return statements.filter((line) => line.startsWith(`INSERT INTO ${table} `)).length;
}

async function post(
  userId: string,
  deviceId: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Response> {
  return exports.default.fetch(
    new Request("https://mcp.test/mcp", {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        Authorization: `Bearer ${await tokenFor(userId, deviceId)}`,
        ...headers,
      },
      body: JSON.stringify(body),
    }),
  );
}

async function resultOf(response: Response): Promise<ToolResult & { status?: string }> {
  const answer: { result?: ToolResult; error?: unknown } = await response.json();
  if (answer.result === undefined) throw new Error(`${response.status}: ${JSON.stringify(answer)}`);
  return answer.result;
}

const call = (name: string, args: Record<string, unknown>) => rpc("tools/call", { name, arguments: args });

async function deviceOf(object: TestUser["object"], via: "jwt" | "oauth"): Promise<string> {
  const [device] = await rows(object, `SELECT device_id FROM devices WHERE via = '${via}'`);
  return String(device?.["device_id"]);
}

test("the newest version has a database here", () => {
  // npm run upgrade -- --from HEAD --dump test/upgrade
  expect(FIXTURES.at(-1)?.version).toBe(NEWEST);
  expect(FIXTURES.length).toBeGreaterThanOrEqual(4);
});

describe.each(CASES)("a database of version $version", ({ version, fixture }) => {
  const { userId } = fixture;

  test("the account, its devices and credentials are all there, and a tool works", async () => {
    const object = await restore(fixture, version, RESTED_MS);
    using operator = await object.operator();
    const seen = await operator.inspect();
    expect(seen.schema).toBe(NEWEST);
    expect(seen.account).toMatchObject({ clickupUserId: "81000001", username: "Alice Andersson" });
    expect(seen.devices).toHaveLength(had(fixture, "devices"));
    for (const device of seen.devices)
      expect(device).toMatchObject({ issuedAccess: "write", grant: { access: "write" }, revoked_ms: null });
    expect(seen.keys.map(({ kind, current }) => [kind, current])).toEqual([
      ["oauth", true],
      ["personal", true],
    ]);
    const space = { space: SANDBOX.spaces.product };
    // The token of the sign-in is of a sandbox long gone. It was opened: ClickUp is what refuses it.
    const old = await post(userId, await deviceOf(object, "jwt"), call("clickup_space_get", space));
    expect((await resultOf(old)).content[0]?.text).toContain("OAUTH_019");
    using desk = await object.desk();
    expect((await desk.removeCredential("oauth")).ok).toBe(true);
    for (const via of ["jwt", "oauth"] as const) {
      const answer = await post(userId, await deviceOf(object, via), call("clickup_space_get", space));
      const result = await resultOf(answer);
      expect(result.isError, result.content[0]?.text).toBeUndefined();
    }
  });

  test("the limiter still holds the window", async () => {
    const object = await restore(fixture, version, 0);
    using operator = await object.operator();
    const [counted] = await rows(object, "SELECT count(*) AS n FROM journal WHERE counted = 1");
    const { limits } = await operator.inspect();
    // On the free plan the window may be over its limit: what was allowed then is not allowed today.
    expect(limits.remaining).toBe(Math.max(0, limits.limit - Number(counted?.["n"])));
    expect(Number(counted?.["n"])).toBeGreaterThan(100);
  });

  test("the record goes on: the batch on its way under its key, then its sequence and chain", async () => {
    const object = await restore(fixture, version, RESTED_MS);
    const [state] = await rows(object, "SELECT * FROM outbox_state");
    const [frozen] = await rows(object, "SELECT * FROM outbox_batch");
    const [last] = await rows(object, "SELECT max(seq) AS seq FROM journal");
    const lastSeq = Number(last?.["seq"]);
    const answer = await post(userId, await deviceOf(object, "jwt"), rpc("tools/list"));
    expect(answer.status).toBe(200);
    using operator = await object.operator();
    expect(await operator.flush()).toMatchObject({ after: 0, retry_ms: null });

    const stored = await (await env.AUDIT_LOGS.get(String(frozen?.["r2_key"])))?.text();
    expect(stored).toBe(frozen?.["body"]);
    const { objects } = await env.AUDIT_LOGS.list({ prefix: `audit/${userId}/` });
    const bodies = await Promise.all(
      objects.map(async ({ key }) => (await (await env.AUDIT_LOGS.get(key))?.text()) ?? ""),
    );
    const batches = bodies
      .map(
        (body) => JSON.parse(body) as { batch: number; previous_sha256: string; events: { seq: number }[] },
      )
      .toSorted((a, b) => a.batch - b.batch);
    const before = Number(state?.["batches"]);
    expect(batches.map(({ batch }) => batch)).toEqual(batches.map((_, i) => before + 1 + i));
    expect(batches.length).toBeGreaterThan(1);
    expect(batches[0]?.previous_sha256).toBe(state?.["last_hash"]);
    expect(batches[1]?.previous_sha256).toBe(frozen?.["sha256"]);
    const from = Number(state?.["flushed_seq"]);
    const seqs = batches.flatMap(({ events }) => events.map(({ seq }) => seq));
    expect(seqs).toEqual(Array.from({ length: lastSeq + 1 - from }, (_, i) => from + 1 + i));
  });

  test("a create that was done is not done again", async () => {
    const object = await restore(fixture, version, RESTED_MS);
    const [known] = await rows(object, "SELECT key FROM idempotency WHERE tool = 'clickup_task_create'");
    // Since version 6 of the database a key stands with its device; before, nobody knows whose it was.
    const stored = String(known?.["key"]);
    const [device = await deviceOf(object, "jwt"), key = stored] = stored.startsWith("[")
      ? (JSON.parse(stored) as [string, string])
      : [];
    const again = call("clickup_task_create", {
      list: SANDBOX.lists.onboarding,
      name: key,
      idempotency_key: key,
    });
    clickup.clearCalls();
    const result = await resultOf(await post(userId, device, again));
    if (key === stored) {
      // What it made is not shown: it may be another device's.
      expect(result).toMatchObject({ isError: true });
      expect(JSON.stringify(result.content)).toContain("Look in ClickUp");
    } else expect(result.structuredContent).toMatchObject({ replayed: true });
    expect(clickup.calls.filter(({ method }) => method === "POST")).toEqual([]);
  });

  test.runIf(had(fixture, "sessions") > 0)("its sessions answer", async () => {
    const object = await restore(fixture, version, RESTED_MS);
    const sessions = await rows(object, "SELECT * FROM sessions");
    expect(sessions).toHaveLength(had(fixture, "sessions"));
    for (const { session_id, device_id, protocol } of sessions) {
      const headers = {
        ...BOTH,
        "Mcp-Session-Id": String(session_id),
        "MCP-Protocol-Version": String(protocol),
      };
      const answer = await post(userId, String(device_id), rpc("tools/list"), headers);
      expect(answer.status).toBe(200);
      expect(await resultOf(answer)).toHaveProperty("tools");
    }
  });

  test.runIf(had(fixture, "tasks") > 0)("the results of its tasks are there", async () => {
    const object = await restore(fixture, version, RESTED_MS);
    const [task] = await rows(object, "SELECT task_id, device_id FROM tasks");
    const meta = {
      "io.modelcontextprotocol/protocolVersion": "2026-07-28",
      "io.modelcontextprotocol/clientCapabilities": { extensions: { "io.modelcontextprotocol/tasks": {} } },
      "io.modelcontextprotocol/clientInfo": { name: "t", version: "1" },
    };
    const taskId = String(task?.["task_id"]);
    const answer = await post(
      userId,
      String(task?.["device_id"]),
      rpc("tasks/get", { taskId, _meta: meta }),
      {
        ...BOTH,
        "MCP-Protocol-Version": "2026-07-28",
        "Mcp-Method": "tasks/get",
        "Mcp-Name": taskId,
      },
    );
    expect((await resultOf(answer)).status).toBe("completed");
  });

  test("the plan, browsers and usage are what they were", async () => {
    const object = await restore(fixture, version, RESTED_MS);
    using billing = await object.billing();
    const sold = had(fixture, "entitlement") > 0;
    expect((await billing.plan()).tier).toBe(sold ? "premium" : "free");
    const report = await billing.report();
    expect(report.history).toHaveLength(had(fixture, "entitlement_history"));
    expect(report.waitingEvents).toEqual([]);
    using desk = await object.desk();
    expect(await desk.webSessions()).toHaveLength(had(fixture, "web_sessions"));
    const [counted] = await rows(object, "SELECT count(*) AS n FROM journal WHERE counted = 1");
    const usage = await desk.usage();
    const total = usage.days.reduce((sum, { requests }) => sum + requests, 0);
    expect(total).toBe(Number(counted?.["n"]));
  });
});
