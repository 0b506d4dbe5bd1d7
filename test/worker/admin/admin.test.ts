/** The operator's commands, run as the entrypoint runs them, on users with real objects, KV and R2. */
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { runCommand } from "../../../worker/admin/run.ts";
import type { Bindings } from "../../../worker/env.ts";
import { useStripe } from "../../billing/stripe-world.ts";
import { SANDBOX } from "../../sandbox/clickup/facts.ts";
import { Browser } from "../browser.ts";
import { callMcp, connect, userOfToken } from "../client.ts";

const bindings = env as unknown as Bindings;

/** Answers differ by command; tests read the members they are about. */
// oxlint-disable-next-line typescript/no-explicit-any -- each command has a shape of its own
type Answer = Record<string, any>;

async function admin(command: string, input: unknown = {}, on: Bindings = bindings) {
  const request = new Request(`http://admin/${command}`, { method: "POST", body: JSON.stringify(input) });
  const response = await runCommand(request, on);
  return { status: response.status, body: (await response.json()) as Answer };
}

/** A signed-in user with an access token. */
async function person(): Promise<{ userId: string; token: string }> {
  const [, tokens] = await connect(new Browser(), SANDBOX.tokens.alice);
  return { userId: userOfToken(tokens.access_token), token: tokens.access_token };
}

describe("finding users", () => {
  it("lists them, and finds one by each of its names", async () => {
    const { userId } = await person();
    const { body } = await admin("users");
    expect(body["users"]).toContainEqual(expect.objectContaining({ userId, username: expect.any(String) }));
    const { email, clickupUserId } = body["users"].find((u: { userId: string }) => u.userId === userId);
    for (const user of [userId, clickupUserId, email.toUpperCase()]) {
      expect((await admin("inspect", { user })).body["userId"]).toBe(userId);
    }
  });

  it("makes no object for a user that does not exist", async () => {
    for (const user of ["u_aaaaaaaaaaaaaaaaaaaa", "424242", "cus_none", "nobody@example.com", "../x"]) {
      const { status, body } = await admin("inspect", { user });
      expect(status).toBe(400);
      expect(body["message"]).toContain("There is no user");
    }
  });

  it("refuses input it does not understand, and unknown commands", async () => {
    expect((await admin("inspect", {})).status).toBe(400);
    expect((await admin("audit", { user: "x", date: "yesterday" })).body["message"]).toContain("UTC date");
    expect((await admin("toString")).status).toBe(404);
    expect((await admin("users", { limit: 1_000 })).status).toBe(400);
  });
});

describe("inspect", () => {
  it("shows what an operator needs and no secret", async () => {
    const { userId, token } = await person();
    await callMcp(token);
    const { body } = await admin("inspect", { user: userId });
    expect(body).toMatchObject({
      userId,
      account: { username: expect.any(String), workspaces: expect.any(Number) },
      tier: "free",
      outbox: { depth: expect.any(Number), pending: null },
      keys: [{ kind: "personal", current: true, kid: expect.stringMatching(/^[0-9a-f]{8}$/) }],
      limits: { limit: 100 },
      plan: { tier: "free" },
    });
    expect(body["schema"]).toBeGreaterThanOrEqual(5);
    expect(body["limits"].used).toBeGreaterThanOrEqual(1);
    expect(body["outbox"].depth).toBeGreaterThanOrEqual(1);
    expect(body["outbox"].oldestWaiting_ms).toBeGreaterThan(0);
    expect(body["database_bytes"]).toBeGreaterThan(0);
    expect(body["alarm_ms"]).toBeGreaterThan(0);
    expect(body["oauthGrants"]).toBeGreaterThanOrEqual(1);
    const text = JSON.stringify(body);
    expect(text).not.toContain(SANDBOX.tokens.alice);
    expect(text).not.toContain(token);
    expect(text).not.toMatch(/v1\.[0-9a-f]{8}\./);
    expect(text).not.toContain(bindings.ENCRYPTION_KEY);
  });
});

describe("revoke", () => {
  it("stops one device, and its next request is refused", async () => {
    const { userId, token } = await person();
    expect((await callMcp(token)).status).toBe(200);
    const { body } = await admin("inspect", { user: userId });
    const active = body["devices"].filter((d: { revoked_ms: number | null }) => d.revoked_ms === null);
    expect((await admin("revoke", { user: userId, device: "d_none" })).status).toBe(400);
    const newest = active.toSorted((a: Answer, b: Answer) => b["created_ms"] - a["created_ms"])[0];
    const stopped = await admin("revoke", { user: userId, device: newest.deviceId });
    expect(stopped.body["stopped"]).toEqual([newest.deviceId]);
    expect(stopped.body["grantsEnded"]).toBe(1);
    expect((await callMcp(token)).status).toBe(401);
    const all = await admin("revoke", { user: userId, device: "all" });
    expect(all.status).toBe(200);
    expect((await admin("inspect", { user: userId })).body["oauthGrants"]).toBe(0);
  });
});

describe("the record", () => {
  it("merges R2 with what waits, and proves the chain", async () => {
    const { userId, token } = await person();
    await callMcp(token);
    const first = await admin("flush", { user: userId });
    expect(first.body["before"]).toBeGreaterThan(0);
    expect(first.body["after"]).toBe(0);
    await callMcp(token);
    await admin("flush", { user: userId });
    await callMcp(token);
    const date = new Date().toISOString().slice(0, 10);
    const { body } = await admin("audit", { user: userId, date, verify: true });
    expect(body["problems"]).toEqual([]);
    expect(body["batches"].length).toBeGreaterThanOrEqual(2);
    const seqs = body["events"].map((e: { seq: number }) => e.seq);
    expect(seqs).toEqual(seqs.map((_: number, i: number) => seqs[0] + i));
    expect(body["events"].at(-1)).toMatchObject({ stored: false, method: "tools/list" });
    expect(body["events"][0]).toMatchObject({ stored: true });
  });

  it("sees a changed batch, a missing one, and a record that ends too early", async () => {
    const { userId, token } = await person();
    for (let i = 0; i < 3; i++) {
      await callMcp(token);
      await admin("flush", { user: userId });
    }
    const problems = async (): Promise<string> =>
      (await admin("audit", { user: userId, verify: true })).body["problems"].join("\n");
    expect(await problems()).toBe("");
    const { batches } = (await admin("audit", { user: userId })).body;
    const [oldest, middle] = batches.slice(-3) as { key: string }[];
    const newest = batches.at(-1) as { key: string };
    const original = async (key: string): Promise<string> =>
      (await (await env.AUDIT_LOGS.get(key))?.text()) ?? "";

    const before = await original(oldest!.key);
    await env.AUDIT_LOGS.put(oldest!.key, before.replace("tools/list", "tools/lisp"));
    expect(await problems()).toContain("another hash");
    await env.AUDIT_LOGS.put(oldest!.key, before);

    const lost = await original(middle!.key);
    await env.AUDIT_LOGS.delete(middle!.key);
    expect(await problems()).toContain("are missing");
    await env.AUDIT_LOGS.put(middle!.key, lost);

    const last = await original(newest.key);
    await env.AUDIT_LOGS.put(newest.key, last.replace("tools/list", "tools/lisp"));
    expect(await problems()).toContain("it was changed");
    await env.AUDIT_LOGS.delete(newest.key);
    expect(await problems()).toContain("the newest are missing");
    await env.AUDIT_LOGS.put(newest.key, last);
    expect(await problems()).toBe("");
  });
});

describe("keys", () => {
  it("says which keys are in use, and moves credentials to a new one", async () => {
    const { userId } = await person();
    const before = (await admin("keys/status")).body;
    const kid = before["configured"].ENCRYPTION_KEY as string;
    expect(before["inUse"][kid]).toBeGreaterThanOrEqual(1);
    const rotated = (await admin("keys/rotate")).body;
    expect(rotated).toMatchObject({ resealed: 0, unreadable: 0, next: null });
    expect(rotated["current"]).toBeGreaterThanOrEqual(1);
    expect(JSON.stringify(before)).not.toContain(bindings.ENCRYPTION_KEY);
    expect((await admin("inspect", { user: userId })).body["keys"][0].kid).toBe(kid);
  });
});

describe("readiness", () => {
  it("uses every part", async () => {
    // Stripe's parts are in test/billing/contact.test.ts.
    const off = { ...bindings, STRIPE_SECRET_KEY: undefined } as unknown as Bindings;
    const { body } = await admin("ready", {}, off);
    expect(body["ready"]).toBe(true);
    // The same names as the operator's scripts give these keys (test/scripts/ops/secrets.test.ts).
    expect(body["keys"]).toMatchObject({ ENCRYPTION_KEY: "a2f9c922", JWT_SECRET: "df01cd2b" });
    expect(body["parts"].map((p: { part: string }) => p.part)).toEqual([
      "kv OAUTH_KV",
      "kv USER_MAPPINGS",
      "r2 AUDIT_LOGS",
      "object USER",
    ]);
  });

  it("says which part is broken, and which name is not configured", async () => {
    const broken = { head: () => Promise.reject(new Error("R2 is down")) };
    const { body } = await admin("ready", {}, { ...bindings, AUDIT_LOGS: broken } as unknown as Bindings);
    expect(body["ready"]).toBe(false);
    expect(body["parts"]).toContainEqual(expect.objectContaining({ part: "r2 AUDIT_LOGS", ok: false }));
    const short = await admin(
      "ready",
      {},
      {
        ...bindings,
        ENCRYPTION_KEY: "c2hvcnQ=",
      },
    );
    expect(short.body["parts"][0].detail).toContain("ENCRYPTION_KEY");
    expect(JSON.stringify(short.body)).not.toContain("c2hvcnQ=");
  });
});

describe("export and delete", () => {
  it("exports without secrets, and deletes only when the id is repeated", async () => {
    const { userId, token } = await person();
    const copy = await runCommand(
      new Request("http://admin/export", { method: "POST", body: JSON.stringify({ user: userId }) }),
      bindings,
    );
    const text = await copy.text();
    expect(JSON.parse(text)).toMatchObject({ userId });
    expect(text).not.toContain(SANDBOX.tokens.alice);
    expect((await admin("delete", { user: userId })).status).toBe(400);
    expect((await callMcp(token)).status).toBe(200);
    expect((await admin("delete", { user: userId, confirm: userId })).body).toMatchObject({ deleted: true });
    expect((await callMcp(token)).status).toBe(401);
    expect((await admin("inspect", { user: userId })).status).toBe(400);
  });
});

describe("billing", () => {
  useStripe();

  it("is reported and held against Stripe", async () => {
    const { userId } = await person();
    const report = (await admin("billing/report", { user: userId })).body;
    expect(report).toMatchObject({ plan: { tier: "free", customerId: null }, history: [] });
    expect(JSON.stringify(report)).not.toContain("linkRef");
    const resync = await admin("billing/resync", { user: userId, dryRun: true });
    expect(resync.body).toMatchObject({ changed: false, dryRun: true, before: { tier: "free" } });
    expect((await admin("billing/drift")).body).toMatchObject({ drift: [], next: null });
  });

  it("grants premium until a date and takes it back", async () => {
    const { userId } = await person();
    const granted = await admin("billing/grant", { user: userId, until: "2099-01-31" });
    expect(granted.body["plan"]).toMatchObject({ tier: "premium" });
    expect((await admin("inspect", { user: userId })).body).toMatchObject({
      tier: "premium",
      limits: { limit: 500 },
    });
    await admin("billing/grant", { user: userId, until: null });
    expect((await admin("inspect", { user: userId })).body["tier"]).toBe("free");
    expect((await admin("billing/grant", { user: userId, until: "soon" })).status).toBe(400);
  });

  it("says so when there is nothing to replay, or nothing is sold", async () => {
    expect((await admin("billing/replay", { event: "evt_none" })).status).toBe(400);
    expect((await admin("billing/replay", { event: "../charges" })).status).toBe(400);
    const { STRIPE_SECRET_KEY: _, ...off } = bindings as Record<string, unknown>;
    for (const [command, input] of [
      ["billing/replay", { event: "evt_1" }],
      ["billing/drift", {}],
    ] as const) {
      const { status, body } = await admin(command, input, off as Bindings);
      expect(status).toBe(400);
      expect(body["message"]).toContain("Billing is off");
    }
  });
});
