/** Whatever a client sends or ClickUp holds, what is kept and answered stays within its bound. */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { MAX_BATCH_ELEMENTS, MAX_DEVICES, MAX_DEVICE_SESSIONS } from "../../objects/limits.ts";
import { SANDBOX } from "../sandbox/clickup/facts.ts";
import { FULL_GRANT, newUser, rpc, tokenFor, userObject, type TestUser } from "../support/users.ts";

const vars = env as unknown as Record<string, string | undefined>;
/** An RPC message of Workers ends there; so does what we would hold of one answer. */
const RPC_BYTES = 32 * 1024 * 1024;

beforeAll(() => {
  vars["FREE_REQUESTS_PER_MINUTE"] = "10000";
});
afterAll(() => {
  delete vars["FREE_REQUESTS_PER_MINUTE"];
});
afterEach(() => vi.restoreAllMocks());

const countOf = (user: TestUser, table: string): Promise<number> =>
  runInDurableObject(
    userObject(user.userId),
    (_, state) => state.storage.sql.exec<{ n: number }>(`SELECT count(*) AS n FROM ${table}`).one().n,
  );

describe("a user who", () => {
  test("opens a thousand sessions has the newest twenty, and no more events than theirs", async () => {
    const user = await newUser();
    const params = {
      protocolVersion: "2025-11-25",
      capabilities: {},
      clientInfo: { name: "t", version: "1" },
    };
    const accept = { Accept: "application/json, text/event-stream" };
    let last = "";
    for (let i = 0; i < 100; i++) {
      const opened = await Promise.all(
        Array.from({ length: 10 }, () => user.post(rpc("initialize", params), accept)),
      );
      for (const answer of opened) await answer.arrayBuffer();
      last = opened.at(-1)?.headers.get("mcp-session-id") ?? "";
    }
    expect(await countOf(user, "sessions")).toBe(MAX_DEVICE_SESSIONS);
    await user.object.toolsChanged();
    expect(await countOf(user, "session_events")).toBeLessThanOrEqual(MAX_DEVICE_SESSIONS);
    expect((await user.post(rpc("tools/list"), { ...accept, "Mcp-Session-Id": last })).status).toBe(200);
  });

  test("connects more devices than the bound keeps the newest active, and the oldest is out", async () => {
    const user = await newUser();
    for (let i = 0; i < MAX_DEVICES + 5; i++) {
      const device = { deviceId: `d_more${i}`, via: "jwt", clientId: "jwt", clientName: "more" } as const;
      const added = await user.object.addDevice({ ...device, grant: FULL_GRANT, expires_ms: null });
      expect(added.ok).toBe(true);
    }
    const active = (await user.object.devices()).filter((d) => d.revoked_ms === null);
    expect(active).toHaveLength(MAX_DEVICES);
    const newest = { Authorization: `Bearer ${await tokenFor(user.userId, `d_more${MAX_DEVICES + 4}`)}` };
    expect((await user.post(rpc("tools/list"), newest)).status).toBe(200);
    const oldest = { Authorization: `Bearer ${await tokenFor(user.userId, "d_more0")}` };
    expect((await user.post(rpc("tools/list"), oldest)).status).toBe(401);
  });

  test("asks for a hundred giants at once gets one answer, within what a message may hold", async () => {
    const user = await newUser();
    const real = globalThis.fetch;
    vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
      const response = await real(input, init);
      if (!/\/v2\/task\//.test(new Request(input, init).url)) return response;
      const task = await response.json<Record<string, unknown>>();
      const text = "A word and another. ".repeat(10_000);
      return Response.json({
        ...task,
        name: text,
        description: text,
        text_content: text,
        markdown_description: text,
      });
    });
    const batch = Array.from({ length: MAX_BATCH_ELEMENTS }, (_, i) =>
      rpc(
        "tools/call",
        { name: "clickup_task_get", arguments: { task: SANDBOX.tasks.export, include: ["description"] } },
        i,
      ),
    );
    const answer = await user.post(batch);
    expect(answer.status).toBe(200);
    const text = await answer.text();
    expect(text.length).toBeLessThan(RPC_BYTES);
    const answers = JSON.parse(text) as { result: { isError?: boolean; content: { text: string }[] } }[];
    expect(answers).toHaveLength(MAX_BATCH_ELEMENTS);
    const failed = answers.filter((one) => one.result.isError === true);
    expect(failed.map((one) => one.result.content[0]?.text)).toEqual([]);
    expect(answers[0]?.result.content[0]?.text).toContain("shortened");
  });
});
