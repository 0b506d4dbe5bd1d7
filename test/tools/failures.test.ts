import { describe, expect, it } from "vitest";
import { SANDBOX } from "../sandbox/clickup/index.ts";
import { useWorld } from "./context.ts";

const { lists, folders, spaces, tasks } = SANDBOX;

/** Every tool with arguments that reach ClickUp by one request of the named operation first. */
const READS: [string, Record<string, unknown>, string][] = [
  ["clickup_workspace_hierarchy", { depth: "spaces" }, "GET /v2/team/{team_id}/space"],
  ["clickup_task_get", { task: tasks.export }, "GET /v2/task/{task_id}"],
  ["clickup_list_get", { list: lists.sprint21 }, "GET /v2/list/{list_id}"],
  ["clickup_folder_get", { folder: folders.sprints }, "GET /v2/folder/{folder_id}"],
  ["clickup_space_get", { space: spaces.product }, "GET /v2/space/{space_id}"],
];
const WRITES: [string, Record<string, unknown>, string][] = [
  ["clickup_task_create", { list: lists.sprint21, name: "A task" }, "POST /v2/list/{list_id}/task"],
  ["clickup_task_update", { task: tasks.export, name: "Renamed" }, "PUT /v2/task/{task_id}"],
];
const ALL = [...READS, ...WRITES];

describe("what ClickUp refuses", () => {
  const world = useWorld({ strict: true });

  it.each(ALL)("%s: a revoked token asks to connect again", async (tool, args) => {
    const w = world();
    const token = w.sandbox.state.data.tokens[SANDBOX.tokens.alice];
    if (token !== undefined) {
      token.revoked = true;
    }
    expect(await w.fails(tool, args, "upstream_error")).toContain("Connect ClickUp again");
    expect(w.sandbox.calls).toHaveLength(1);
  });

  it.each(ALL)("%s: 403 is a refusal in ClickUp's own short words", async (tool, args, operation) => {
    const w = world();
    w.sandbox.fault({
      kind: "status",
      status: 403,
      err: "<b>You</b> do not have access",
      ecode: "ACCESS_083",
      operation,
    });
    const text = await w.fails(tool, args, "upstream_error");
    expect(text).toContain('ClickUp says: "You do not have access" [ACCESS_083]');
  });

  it.each(ALL)("%s: 404 names the object as unknown", async (tool, args, operation) => {
    const w = world();
    w.sandbox.fault({ kind: "status", status: 404, err: "Gone", ecode: "ITEM_013", operation, times: 9 });
    const { outcome } = await w.call(tool, args);
    expect(["user_error", "upstream_error"]).toContain(outcome);
  });

  it.each(READS)("%s: one 502, 503, reset or web page is retried once", async (tool, args, operation) => {
    const w = world();
    for (const fault of [
      { kind: "status", status: 502 },
      { kind: "status", status: 503 },
      { kind: "reset" },
      { kind: "html", status: 504 },
    ] as const) {
      w.sandbox.fault({ ...fault, operation });
      w.sandbox.clearCalls();
      w.ctx.cache.drop("");
      await w.ok(tool, args, w.context());
      expect(w.sandbox.calls).toHaveLength(2);
    }
  });

  it.each(READS)("%s: what stays broken is unavailable, without the page", async (tool, args, operation) => {
    const w = world();
    w.sandbox.fault({ kind: "html", operation, times: 2 });
    const text = await w.fails(tool, args, "upstream_error");
    expect(text).toContain("not available right now (HTTP 502)");
    expect(text).not.toMatch(/<|Bad Gateway/);
    expect(w.sandbox.calls).toHaveLength(2);
    w.sandbox.fault({ kind: "truncated", operation });
    expect(await w.fails(tool, args, "upstream_error", w.context())).toContain("not JSON");
    w.sandbox.fault({ kind: "status", status: 500, operation });
    expect(await w.fails(tool, args, "upstream_error", w.context())).toContain("HTTP 500");
    w.sandbox.fault({ kind: "timeout", operation });
    expect(await w.fails(tool, args, "upstream_error", w.context({ timeout_ms: 20 }))).toContain(
      "did not answer in time",
    );
  });

  it.each(WRITES)(
    "%s: a lost answer is an unknown outcome and is sent once",
    async (tool, args, operation) => {
      const w = world();
      for (const fault of [
        { kind: "reset", after_effect: true },
        { kind: "html", status: 502 },
        { kind: "html", status: 200 },
        { kind: "status", status: 504 },
        { kind: "truncated" },
        { kind: "timeout", after_effect: true },
      ] as const) {
        w.sandbox.clearCalls();
        w.sandbox.fault({ ...fault, operation });
        const text = await w.fails(tool, args, "unknown_outcome", w.context({ timeout_ms: 30 }));
        expect(text).toMatch(/may or may not have been made\. Check with clickup_task/);
        expect(w.sandbox.calls.filter((call) => call.operation === operation)).toHaveLength(1);
      }
    },
  );

  it.each(WRITES)(
    "%s: a refused write is a refusal, not an unknown outcome, and is sent once",
    async (tool, args, operation) => {
      const w = world();
      for (const [status, words] of [
        [400, "did not accept"],
        [429, "request limit"],
        [500, "HTTP 500"],
        [503, "HTTP 503"],
      ] as const) {
        w.sandbox.clearCalls();
        w.sandbox.fault({ kind: "status", status, err: "No", ecode: "X_1", operation });
        const { outcome, result } = await w.call(tool, args, w.context());
        expect([outcome, result.content[0]?.text]).toEqual([
          "upstream_error",
          expect.stringContaining(words),
        ]);
        expect(w.sandbox.calls.filter((call) => call.operation === operation)).toHaveLength(1);
        if (status === 429) {
          break;
        }
      }
    },
  );

  it("never shows the token", async () => {
    const w = world();
    w.sandbox.fault({
      kind: "status",
      status: 400,
      err: `bad token ${SANDBOX.tokens.alice} Bearer abc.def.ghi`,
      ecode: "X",
    });
    const text = await w.fails("clickup_list_get", { list: lists.sprint21 }, "upstream_error");
    expect(text).not.toContain(SANDBOX.tokens.alice);
    expect(text).not.toContain("abc.def");
    expect(text).toContain("[token]");
  });

  it("a cancelled call is cancelled, and a write under way is an unknown outcome", async () => {
    const w = world();
    const gone = new AbortController();
    gone.abort(new Error("client went away"));
    await w.fails(
      "clickup_list_get",
      { list: lists.sprint21 },
      "cancelled",
      w.context({ signal: gone.signal }),
    );
    expect(w.sandbox.calls).toEqual([]);
    const leaving = new AbortController();
    w.sandbox.fault({ kind: "slow", ms: 5_000 });
    const reading = w.call(
      "clickup_list_get",
      { list: lists.sprint21 },
      w.context({ signal: leaving.signal }),
    );
    setTimeout(() => leaving.abort(), 10);
    expect((await reading).outcome).toBe("cancelled");
    const second = new AbortController();
    w.sandbox.fault({ kind: "slow", ms: 5_000, method: "POST" });
    const writing = w.call(
      "clickup_task_create",
      { list: lists.sprint21, name: "x" },
      w.context({ signal: second.signal }),
    );
    setTimeout(() => second.abort(), 10);
    expect((await writing).outcome).toBe("unknown_outcome");
  });
});
