import { describe, expect, it } from "vitest";
import { createClickUpSandbox, SANDBOX, type ClickUpSandbox } from "../../sandbox/clickup/index.ts";
import { guard, play, reportOf, type Target } from "./play.ts";
import { PROBES } from "./probes.ts";

function target(
  change: (request: Request, answer: Response) => Promise<Response> | Response = (_, answer) => answer,
) {
  const sandbox: ClickUpSandbox = createClickUpSandbox({ rateLimitPerMinute: 10_000 });
  const to: Target = {
    send: async (request) => await change(request, await sandbox.fetch(request.clone())),
    baseUrl: "https://api.clickup.test/api",
    authorization: SANDBOX.tokens.alice,
    team: SANDBOX.workspaces.northwind,
    space: SANDBOX.spaces.marketing,
  };
  return { to, sandbox };
}

async function reported(change?: Parameters<typeof target>[0]) {
  const { to, sandbox } = target(change);
  const before = structuredClone(sandbox.state.data);
  const real = await play(to, PROBES);
  return { ...reportOf(real, await play(target().to, PROBES)), sandbox, before, real };
}

describe("verify:clickup", () => {
  it("has about sixty probes, and all of them are played", async () => {
    const { real, differing, text } = await reported();
    expect(PROBES.length).toBeGreaterThan(60);
    expect(real.filter((one) => one.status === 0)).toEqual([]);
    expect([differing, text.split("\n").filter((line) => line.startsWith("DIFFERS"))]).toEqual([0, []]);
  });

  it("finds a planted status, code, key and type", async () => {
    const { text, differing } = await reported(async (request, answer) => {
      const path = new URL(request.url).pathname;
      if (path.endsWith("/plan")) return Response.json({ err: "no", ECODE: "X_1" }, { status: 403 });
      if (path.endsWith("/list/abc")) return Response.json({ err: "no", ECODE: "OTHER_1" }, { status: 400 });
      if (path.endsWith("/v2/user")) {
        const { user } = (await answer.json()) as { user: Record<string, unknown> };
        const { timezone: _gone, ...rest } = user;
        return Response.json({ user: { ...rest, id: "1" } });
      }
      return answer;
    });
    expect(differing).toBe(3);
    expect(text).toContain("status 403 (X_1), the sandbox 200 (none)");
    expect(text).toContain("code OTHER_1, the sandbox INPUT_003");
    expect(text).toContain("user.timezone: not at ClickUp");
    expect(text).toContain("user.id: string at ClickUp, number here");
  });

  it("leaves everything as it was that it did not make", async () => {
    const { sandbox, before } = await reported();
    const { data } = sandbox.state;
    expect(data.spaces).toEqual(before.spaces);
    expect(data.folders).toEqual(before.folders);
    expect(data.lists).toEqual(before.lists);
    expect(data.tasks).toEqual(before.tasks);
    expect(data.time_entries).toEqual(before.time_entries);
  });

  it("tells nothing of anybody", async () => {
    const { text } = await reported();
    for (const told of [
      "Alice",
      "northwind.test",
      SANDBOX.tokens.alice,
      SANDBOX.workspaces.northwind,
      "Marketing",
    ])
      expect(text).not.toContain(told);
  });

  it("is refused before anything is sent when a probe would change what it did not make", async () => {
    const { to, sandbox } = target();
    const bad = { name: "bad", method: "DELETE", path: "/v2/space/{space}" } as const;
    await expect(play(to, [...PROBES, bad])).rejects.toThrow("only what the probes made");
    expect(sandbox.calls).toEqual([]);
    for (const path of ["/v2/list/901205550001", "/v2/team/{team}", "/v2/space/{space}/tag/x"])
      expect(() => guard({ ...bad, path }), path).toThrow();
  });
});
