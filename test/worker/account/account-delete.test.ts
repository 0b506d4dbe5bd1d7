/** The end of an account. */
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { SANDBOX } from "../../sandbox/clickup/facts.ts";
import { Browser } from "../browser.ts";
import { connect } from "../client.ts";
import { rpc } from "../mcp-call.ts";
import { flush, idOf, signedIn, submit, userOf } from "../person.ts";

describe("a person's data", () => {
  it("is deleted only when that is typed", async () => {
    const browser = await signedIn("alice");
    const response = await submit(browser, "/account/delete", { confirm: "yes" });
    expect([response.status, await response.text()]).toEqual([400, expect.stringContaining('role="alert"')]);
    expect((await (await userOf("alice")).account()).ok).toBe(true);
  });

  it("is gone afterwards: account, devices, grants, mappings, record; the person can begin anew", async () => {
    const browser = await signedIn("alice");
    const [, { access_token: token }] = await connect(new Browser(), SANDBOX.tokens.alice);
    await rpc(token, { jsonrpc: "2.0", id: 1, method: "tools/list" });
    await flush("alice");
    const userId = await idOf("alice");
    expect((await env.AUDIT_LOGS.list({ prefix: `audit/${userId}/` })).objects).toHaveLength(1);
    const kept = await env.AUDIT_LOGS.put("audit/u_other/2026-01-01/keep.json", "{}");
    expect(kept).not.toBeNull();
    const cookie = new Map(browser.cookies);
    const done = await submit(browser, "/account/delete", { confirm: "Delete my data" });
    expect([done.status, await done.text()]).toEqual([200, expect.stringContaining("Your data is deleted")]);
    expect(browser.cookies.size).toBe(0);

    expect((await rpc(token, { jsonrpc: "2.0", id: 1, method: "tools/list" })).status).toBe(401);
    const list = async (prefix: string) => (await env.AUDIT_LOGS.list({ prefix })).objects.map((o) => o.key);
    expect(await list(`audit/${userId}/`)).toEqual([]);
    expect(await list("audit/u_other/")).toHaveLength(1);
    expect((await env.OAUTH_KV.list({ prefix: `grant:${userId}:` })).keys).toEqual([]);
    expect((await env.OAUTH_KV.list({ prefix: `token:${userId}:` })).keys).toEqual([]);
    expect(await env.USER_MAPPINGS.get(`user:${userId}`)).toBeNull();
    expect(await env.USER_MAPPINGS.get(`clickup:${SANDBOX.users.alice}`)).toBeNull();
    const user = await userOf("alice");
    expect(await user.account()).toMatchObject({ ok: false, error: { kind: "no_account" } });
    expect(await user.devices()).toEqual([]);
    const old = new Browser();
    for (const [name, value] of cookie) old.cookies.set(name, value);
    expect((await old.get("/account")).status).toBe(302);

    const fresh = await signedIn("alice");
    expect(await (await fresh.get("/account")).text()).toContain("Nothing is connected");
    const [, again] = await connect(new Browser(), SANDBOX.tokens.alice);
    expect((await rpc(again.access_token, { jsonrpc: "2.0", id: 1, method: "tools/list" })).status).toBe(200);
    await flush("alice");
    expect((await list(`audit/${userId}/`)).length).toBe(1);
  });
});
