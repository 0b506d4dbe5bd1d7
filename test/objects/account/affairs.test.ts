import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { describe, expect, test } from "vitest";
import { PRINCIPAL_HEADER } from "../../../objects/rpc/user.ts";
import { SANDBOX } from "../../sandbox/clickup/index.ts";
import { clickup } from "../../support/outside.ts";
import { FULL_GRANT, newUser, rpc, tokenFor } from "../../support/users.ts";

describe("devices", () => {
  test("a revoked device is refused on its next request, and the others go on", async () => {
    const user = await newUser();
    await user.object.addDevice({
      deviceId: "second",
      via: "jwt",
      clientId: "jwt",
      clientName: "second",
      grant: FULL_GRANT,
      expires_ms: null,
    });
    // More than once: the object keeps a copy of the row in memory.
    for (let i = 0; i < 3; i++) expect((await user.post(rpc("tools/list"))).status).toBe(200);
    await user.object.revokeDevice(user.deviceId);
    const refused = await user.post(rpc("tools/list"));
    expect(refused.status).toBe(401);
    expect(refused.headers.get("www-authenticate")).toContain("resource_metadata");
    const other = await tokenFor(user.userId, "second");
    expect((await user.post(rpc("tools/list"), { Authorization: `Bearer ${other}` })).status).toBe(200);
  });

  test("an expired or unknown device is refused", async () => {
    const expired = await newUser({ expires_ms: Date.now() - 1 });
    expect((await expired.post(rpc("tools/list"))).status).toBe(401);
    const user = await newUser();
    const stray = await tokenFor(user.userId, "never-made");
    expect((await user.post(rpc("tools/list"), { Authorization: `Bearer ${stray}` })).status).toBe(401);
  });

  test("a read-only device sees and may call reading tools only", async () => {
    const user = await newUser({ grant: { ...FULL_GRANT, access: "read" } });
    const list = (await (await user.post(rpc("tools/list"))).json()) as {
      result: { tools: { name: string }[] };
    };
    expect(list.result.tools.map((t) => t.name)).not.toContain("clickup_task_create");
    expect(list.result.tools.map((t) => t.name)).toContain("clickup_task_get");
    clickup.clearCalls();
    const refused = await user.call("clickup_task_create", { list: "Onboarding", name: "x" });
    expect(refused.isError).toBe(true);
    expect(refused.content[0]?.text).toMatch(/read/i);
    expect(clickup.calls).toHaveLength(0);
  });

  test("a token of read scope cannot write, whatever its device may: it is told to get the scope", async () => {
    const user = await newUser({ scope: "clickup:read" });
    const params = { name: "clickup_task_create", arguments: { list: "Onboarding", name: "x" } };
    clickup.clearCalls();
    const refused = await user.post(rpc("tools/call", params));
    expect(refused.status).toBe(403);
    expect(refused.headers.get("www-authenticate")).toMatch(/error="insufficient_scope".*clickup:write/);
    expect(clickup.calls).toHaveLength(0);
  });

  test("a token of read scope is shown what it may use: the tools that read", async () => {
    const list = async (scope: string): Promise<string[]> => {
      const user = await newUser({ scope });
      const answer = await (
        await user.post(rpc("tools/list"))
      ).json<{ result: { tools: { name: string }[] } }>();
      return answer.result.tools.map((tool) => tool.name);
    };
    const narrow = await list("clickup:read");
    expect(narrow).not.toContain("clickup_task_create");
    expect(narrow).toContain("clickup_task_get");
    expect(await list("clickup:read clickup:write")).toContain("clickup_task_create");
  });

  test("an object serves its own user's requests and no other's", async () => {
    const [alice, bob] = [await newUser(), await newUser({ person: "bob" })];
    const principal = (userId: string): string =>
      JSON.stringify({
        userId,
        deviceId: alice.deviceId,
        via: "jwt",
        clientId: "jwt",
        scopes: ["clickup:read", "clickup:write"],
      });
    const send = (headers: Record<string, string>): Promise<Response> =>
      runInDurableObject(alice.object, (object) =>
        object.fetch(
          new Request("https://mcp.test/mcp", {
            method: "POST",
            headers: { "Content-Type": "application/json", ...headers },
            body: JSON.stringify(rpc("tools/list")),
          }),
        ),
      );
    expect((await send({ [PRINCIPAL_HEADER]: principal(alice.userId) })).status).toBe(200);
    await expect(send({ [PRINCIPAL_HEADER]: principal(bob.userId) })).rejects.toThrow("no principal");
    await expect(send({})).rejects.toThrow("no principal");
    const ask = (who: string): Promise<unknown> =>
      runInDurableObject(alice.object, (object) =>
        object.post({
          principal: principal(who),
          requestId: crypto.randomUUID(),
          sessionId: null,
          contentType: "application/json",
          accept: null,
          protocolVersion: null,
          body: JSON.stringify(rpc("tools/list")),
        }),
      );
    expect(await ask(alice.userId)).toMatchObject({ status: 200 });
    await expect(ask(bob.userId)).rejects.toThrow("no principal");
  });

  test("a device that was narrowed may do less on its next request", async () => {
    const user = await newUser();
    const create = rpc("tools/call", {
      name: "clickup_task_create",
      arguments: { list: "Onboarding", name: "x" },
    });
    for (let i = 0; i < 3; i++) expect((await user.post(rpc("tools/list"))).status).toBe(200);
    const grant = { access: "read" as const, toolSets: null, workspaces: null };
    expect((await user.object.changeDevice(user.deviceId, { grant, expires_ms: null })).ok).toBe(true);
    clickup.clearCalls();
    expect(await (await user.post(create)).text()).toContain("may only read");
    expect(clickup.calls).toHaveLength(0);
  });

  test("a device cannot be given a Workspace that its owner does not have", async () => {
    const user = await newUser();
    const grant = { access: "write" as const, toolSets: null, workspaces: ["123"] };
    const changed = await user.object.changeDevice(user.deviceId, { grant, expires_ms: null });
    expect(changed).toMatchObject({ ok: false, error: { kind: "invalid" } });
    expect((await user.object.devices())[0]?.grant.workspaces).toBeNull();
  });

  test("a grant of one Workspace does not reach another", async () => {
    const all = await newUser();
    const account = await all.object.account();
    if (!account.ok) throw new Error("no account");
    const [one, other] = account.value.workspaces;
    if (one === undefined || other === undefined)
      throw new Error("the sandbox gives this person two Workspaces");
    const user = await newUser({ grant: { ...FULL_GRANT, workspaces: [one.id] } });
    const own = await user.call("clickup_workspace_hierarchy", {});
    expect(own.isError).toBeUndefined();
    const refused = await user.call("clickup_workspace_hierarchy", { workspace: other.name });
    expect(refused.isError).toBe(true);
    expect(refused.content[0]?.text).not.toContain(other.id);
  });
});

describe("the account", () => {
  test("signing in again changes neither devices nor choices", async () => {
    const user = await newUser();
    await user.call("clickup_workspace_hierarchy", { workspace: "Northwind Labs" });
    const before = await user.object.account();
    const again = await newUser({ userId: user.userId });
    const after = await again.object.account();
    expect(before.ok && after.ok && after.value.tier === before.value.tier).toBe(true);
    expect(before.ok && after.ok && after.value.defaultWorkspaceId === before.value.defaultWorkspaceId).toBe(
      true,
    );
    expect((await user.object.devices()).map((d) => d.deviceId)).toContain(user.deviceId);
    expect((await user.post(rpc("tools/list"))).status).toBe(200);
  });

  test("a default that calls have set before this version is ignored", async () => {
    const user = await newUser();
    await runInDurableObject(user.object, (_, state) => {
      state.storage.sql.exec(
        "UPDATE account SET default_workspace_id = ?, default_pinned = 0",
        SANDBOX.workspaces.side,
      );
    });
    await evictDurableObject(user.object);
    const asked = await user.call("clickup_workspace_hierarchy", {});
    expect(asked.content[0]?.text).toContain("There are several Workspaces");
  });

  test("a credential of another ClickUp user is refused and nothing changes", async () => {
    const user = await newUser();
    const refused = await user.object.storeApiKey({
      identity: { clickupUserId: "999", username: "Mallory", email: null, timeZone: null, workspaces: [] },
      credential: { kind: "personal", token: "pk_999_OTHER" },
    });
    expect(refused).toMatchObject({ ok: false, error: { kind: "other_clickup_user" } });
    const account = await user.object.account();
    expect(account.ok && account.value.username).not.toBe("Mallory");
  });

  test("a tampered credential asks to reconnect ClickUp, and no call leaves", async () => {
    const user = await newUser();
    await runInDurableObject(user.object, (_, state) => {
      const { envelope } = state.storage.sql
        .exec<{ envelope: string }>("SELECT envelope FROM credential")
        .one();
      expect(envelope).toMatch(/^v1\./);
      const at = envelope.length - 3;
      const changed = envelope.slice(0, at) + (envelope[at] === "A" ? "B" : "A") + envelope.slice(at + 1);
      state.storage.sql.exec("UPDATE credential SET envelope = ?", changed);
    });
    // The object keeps what it read for its life.
    await evictDurableObject(user.object);
    clickup.clearCalls();
    const result = await user.call("clickup_space_get", { space: "Product" });
    expect(result.isError).toBe(true);
    expect(result.content[0]?.text).toMatch(/reconnect ClickUp/i);
    expect(clickup.calls).toHaveLength(0);
  });

  test("no secret stands in the database in the clear", async () => {
    const user = await newUser();
    await user.call("clickup_space_get", { space: "Product" });
    const dump = await runInDurableObject(user.object, (_, state) => {
      const { sql } = state.storage;
      const names = sql
        .exec<{ name: string }>(
          "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf\\_%' ESCAPE '\\'",
        )
        .toArray();
      return names
        .map(({ name }) => JSON.stringify(sql.exec(`SELECT * FROM "${name}"`).toArray()))
        .join("\n");
    });
    expect(dump).toContain("v1.");
    expect(dump).not.toContain("pk_");
  });
});
