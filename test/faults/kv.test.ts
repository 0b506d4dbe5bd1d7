/** KV may be a minute behind and takes one write a second for a key. Neither lets anyone in or keeps anyone out. */
import { env } from "cloudflare:workers";
import { createExecutionContext } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { signIn } from "../../worker/auth/sign-in.ts";
import { configOf, type Bindings } from "../../worker/env.ts";
import { serve } from "../../worker/router.tsx";
import { checkoutUrl, customerOf, mapping, subscribe, tierOf, useStripe } from "../billing/stripe-world.ts";
import { SANDBOX } from "../sandbox/clickup/facts.ts";
import { clickup } from "../support/outside.ts";
import { newUser, rpc, tokenFor } from "../support/users.ts";
import { Browser, hiddenField, ORIGIN } from "../worker/browser.ts";
import {
  authorizeByToken,
  callMcp,
  connect,
  newClient,
  redeem,
  refresh,
  type Tokens,
} from "../worker/client.ts";
import { idOf, signedIn, submit, userOf } from "../worker/person.ts";
import { limitWrites, refuseWrites, staleKv } from "./kv-faults.ts";

const bindings = env as unknown as Bindings & { OAUTH_KV: KVNamespace; USER_MAPPINGS: KVNamespace };

const staleBindings = async (): Promise<Bindings> => {
  const [OAUTH_KV, USER_MAPPINGS] = await Promise.all([
    staleKv(bindings.OAUTH_KV),
    staleKv(bindings.USER_MAPPINGS),
  ]);
  return { ...bindings, OAUTH_KV, USER_MAPPINGS };
};

/** The Worker in another place, where KV is still as it is now. */
async function elsewhere(): Promise<(path: string, init: RequestInit) => Promise<Response>> {
  const there = await staleBindings();
  return (path, init) => serve(new Request(ORIGIN + path, init), there, createExecutionContext());
}

const list = (token: string): RequestInit => ({
  method: "POST",
  headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
  body: JSON.stringify(rpc("tools/list")),
});

afterEach(() => vi.restoreAllMocks());

describe("KV a minute behind", () => {
  test("a stopped client is out at once everywhere: its token, its refresh, its key form", async () => {
    const [client, tokens] = await connect(new Browser(), SANDBOX.tokens.alice);
    const there = await elsewhere();
    expect((await there("/mcp", list(tokens.access_token))).status).toBe(200);
    const user = await userOf("alice");
    const device = (await user.devices()).find((one) => one.clientId === client.clientId);
    const browser = await signedIn("alice");
    await submit(browser, `/account/devices/${device?.deviceId}/stop`, { back: "/account" });

    expect((await there("/mcp", list(tokens.access_token))).status).toBe(401);
    const renewed = await there("/token", {
      method: "POST",
      body: new URLSearchParams({
        grant_type: "refresh_token",
        refresh_token: tokens.refresh_token,
        client_id: client.clientId,
      }),
    });
    expect([renewed.status, await renewed.json()]).toEqual([
      400,
      expect.objectContaining({ error: "invalid_grant" }),
    ]);
    const stored = await there("/auth/api-key", {
      method: "POST",
      headers: { Authorization: `Bearer ${tokens.access_token}`, "Content-Type": "application/json" },
      body: JSON.stringify({ api_key: SANDBOX.tokens.alice }),
    });
    expect(stored.status).toBe(401);
  });

  test("a narrowed client may do less at once, and a personal token ends at once", async () => {
    const [client, tokens] = await connect(new Browser(), SANDBOX.tokens.bob);
    const there = await elsewhere();
    const user = await userOf("bob");
    const device = (await user.devices()).find((one) => one.clientId === client.clientId);
    if (device === undefined) throw new Error("no device");
    const grant = { access: "read" as const, toolSets: null, workspaces: null };
    await user.changeDevice(device.deviceId, { grant, expires_ms: null });
    clickup.clearCalls();
    const create = {
      ...list(tokens.access_token),
      body: JSON.stringify(
        rpc("tools/call", { name: "clickup_task_create", arguments: { list: "Onboarding", name: "x" } }),
      ),
    };
    const refused = await there("/mcp", create);
    expect(await refused.text()).toContain("may only read");
    expect(clickup.calls).toEqual([]);
    const jwt = await tokenFor(await idOf("bob"), device.deviceId);
    await user.revokeDevice(device.deviceId);
    expect((await there("/mcp", list(jwt))).status).toBe(401);
  });

  test("a first sign-in in two places at once, neither seeing the other, is one user", async () => {
    const places = [await staleBindings(), await staleBindings()];
    const credential = { kind: "personal" as const, token: SANDBOX.tokens.heidi };
    const both = await Promise.all(places.map((there) => signIn(there, configOf(there), credential)));
    const ids = both.map((one) => (one.ok ? one.value.userId : "refused"));
    expect(ids).toEqual([await idOf("heidi"), await idOf("heidi")]);
    const mapped = await bindings.USER_MAPPINGS.get<{ userId: string }>(
      `clickup:${SANDBOX.users.heidi}`,
      "json",
    );
    expect(mapped?.userId).toBe(ids[0]);
  });
});

describe("KV that takes one write a second for a key", () => {
  test("consent, code and two parallel refreshes work without a pause in between", async () => {
    const { refused } = limitWrites();
    const client = await newClient();
    const redirect = await authorizeByToken(new Browser(), client, SANDBOX.tokens.alice);
    const first = await redeem(client, redirect.searchParams.get("code") ?? "");
    expect(first.status).toBe(200);
    const tokens = await first.json<Tokens>();
    expect((await callMcp(tokens.access_token)).status).toBe(200);
    const both = await Promise.all([refresh(client, tokens), refresh(client, tokens)]);
    expect(both.map((answer) => answer.status)).toEqual([200, 200]);
    for (const answer of both) {
      const { access_token } = await answer.json<Tokens>();
      expect((await callMcp(access_token)).status).toBe(200);
    }
    expect(refused.some((key) => key.startsWith("grant:"))).toBe(true);
  });

  test("a sign-in whose place in the directory cannot be written still counts, and the next one writes it", async () => {
    const warned = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const userId = await idOf("carol");
    const { refused } = refuseWrites("user:");
    const state = async (browser: Browser) =>
      hiddenField(await (await browser.get("/auth/login")).text(), "state");
    const browser = new Browser();
    const fields = { access: "write", method: "token", api_key: SANDBOX.tokens.carol };
    const page = await browser.post("/auth/login", { state: await state(browser), ...fields });
    expect(page.status).toBe(200);
    expect(refused).toEqual([`user:${userId}`]);
    expect(warned.mock.calls.flat().join()).toContain("directory_write_failed");
    expect(warned.mock.calls.flat().join()).not.toContain(userId);
    expect(await bindings.USER_MAPPINGS.get(`user:${userId}`)).toBeNull();
    vi.restoreAllMocks();
    await browser.post("/auth/login", { state: await state(browser), ...fields });
    expect(await bindings.USER_MAPPINGS.get(`user:${userId}`)).not.toBeNull();
  });

  test("a deleted account leaves nothing in KV, however fast it came and went", async () => {
    limitWrites();
    const browser = await signedIn("heidi");
    const userId = await idOf("heidi");
    expect(await bindings.USER_MAPPINGS.get(`user:${userId}`)).not.toBeNull();
    const done = await submit(browser, "/account/delete", { confirm: "Delete my data" });
    expect(done.status).toBe(200);
    expect(await bindings.USER_MAPPINGS.get(`user:${userId}`)).toBeNull();
    expect(await bindings.USER_MAPPINGS.get(`clickup:${SANDBOX.users.heidi}`)).toBeNull();
  });
});

describe("KV that cannot be written while somebody buys", () => {
  useStripe();
  beforeEach(() => void vi.spyOn(console, "warn").mockImplementation(() => undefined));

  test("Checkout opens, and the payment finds its user by what the customer names", async () => {
    const { refused } = refuseWrites("stripe:");
    const user = await newUser();
    await checkoutUrl(user);
    const customer = await customerOf(user);
    expect(refused).toEqual([`stripe:${customer}`]);
    await subscribe(user);
    expect(await mapping(customer)).toBeNull();
    expect(await tierOf(user)).toBe("premium");
  });
});
