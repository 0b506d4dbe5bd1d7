/** Flood protection before any sign-in, and the hourly purge. */
import { createExecutionContext, createScheduledController, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import worker from "../../worker/index.ts";
import type { Bindings } from "../../worker/env.ts";
import { networkOf } from "../../worker/flood.ts";
import { serve } from "../../worker/router.tsx";
import { SANDBOX } from "../sandbox/clickup/facts.ts";
import { Browser, ORIGIN } from "./browser.ts";
import { connect } from "./client.ts";
import { idOf } from "./person.ts";

const bindings = env as unknown as Bindings;

it("counts an IPv6 network as one, however its addresses are written", () => {
  expect(networkOf("192.0.2.7")).toBe("192.0.2.7");
  const one = ["2001:db8:1:2::1", "2001:DB8:1:2:ffff::", "2001:0db8:0001:0002:0:0:0:9"];
  expect(new Set(one.map(networkOf))).toEqual(new Set(["2001:db8:1:2::/64"]));
  expect(networkOf("2001:db8:1:3::1")).toBe("2001:db8:1:3::/64");
  expect([networkOf("::1"), networkOf("fe80::1")]).toEqual(["0:0:0:0::/64", "fe80:0:0:0::/64"]);
});

async function send(path: string, changes: Record<string, unknown>, init: RequestInit = {}) {
  const ctx = createExecutionContext();
  const request = new Request(ORIGIN + path, { redirect: "manual", ...init });
  const response = await serve(request, { ...bindings, ...changes }, ctx);
  await waitOnExecutionContext(ctx);
  return response;
}

/** A limiter that lets `count` requests of a key through. */
function limiter(count: number) {
  const seen = new Map<string, number>();
  return {
    seen,
    limit: ({ key }: { key: string }) => {
      seen.set(key, (seen.get(key) ?? 0) + 1);
      return Promise.resolve({ success: (seen.get(key) ?? 0) <= count });
    },
  };
}

const from = (address: string, more: Record<string, string> = {}) => ({
  headers: { "CF-Connecting-IP": address, ...more },
});

describe("flood protection", () => {
  it.each([
    ["/register", "POST", "SIGN_IN_LIMIT"],
    ["/authorize", "GET", "SIGN_IN_LIMIT"],
    ["/authorize/token", "POST", "SIGN_IN_LIMIT"],
    ["/authorize/workspaces", "POST", "SIGN_IN_LIMIT"],
    ["/auth/login", "GET", "SIGN_IN_LIMIT"],
    ["/auth/callback", "GET", "SIGN_IN_LIMIT"],
    ["/auth/api-key", "POST", "SIGN_IN_LIMIT"],
    ["/auth/logout", "GET", "SIGN_IN_LIMIT"],
    ["/token", "POST", "TOKEN_LIMIT"],
  ])("guards %s %s by %s, for each address", async (path, method, binding) => {
    const guard = limiter(1);
    const init = (address: string, more = {}) => ({ method, ...from(address, more) });
    expect((await send(path, { [binding]: guard }, init("192.0.2.1"))).status).not.toBe(429);
    const second = await send(path, { [binding]: guard }, init("192.0.2.1"));
    expect([second.status, second.headers.get("Retry-After")]).toEqual([429, "60"]);
    expect(await second.json()).toMatchObject({ error: "too_many_requests" });
    const page = await send(path, { [binding]: guard }, init("192.0.2.1", { Accept: "text/html" }));
    expect([page.status, page.headers.get("Content-Type")]).toEqual([429, "text/html; charset=utf-8"]);
    expect((await send(path, { [binding]: guard }, init("192.0.2.2"))).status).not.toBe(429);
  });

  it("leaves everything else alone, and works without the bindings or an address", async () => {
    const guard = limiter(0);
    const both = { SIGN_IN_LIMIT: guard, TOKEN_LIMIT: guard };
    for (const path of ["/", "/mcp", "/health", "/account", "/.well-known/oauth-authorization-server"]) {
      expect((await send(path, both, from("192.0.2.1"))).status).not.toBe(429);
    }
    expect(guard.seen.size).toBe(0);
    expect((await send("/auth/login", both)).status).toBe(200);
    const absent = { SIGN_IN_LIMIT: undefined, TOKEN_LIMIT: undefined };
    expect((await send("/auth/login", absent, from("192.0.2.1"))).status).toBe(200);
  });

  it("is bound in the configuration the product runs with", async () => {
    const { success } = await bindings.SIGN_IN_LIMIT.limit({ key: "test" });
    expect(success).toBe(true);
    expect(bindings.TOKEN_LIMIT).toBeDefined();
  });
});

describe("the hourly purge", () => {
  it("removes what is orphaned, keeps what is in use, and goes on where it stopped", async () => {
    const [client] = await connect(new Browser(), SANDBOX.tokens.alice);
    const [, kept] = await connect(new Browser(), SANDBOX.tokens.alice);
    await env.OAUTH_KV.delete(`client:${client.clientId}`);
    const userId = await idOf("alice");
    const grants = async () => (await env.OAUTH_KV.list({ prefix: `grant:${userId}:` })).keys.length;
    expect(await grants()).toBe(2);
    for (let run = 0; run < 5; run++) {
      await worker.scheduled(createScheduledController(), bindings);
      if ((await env.OAUTH_KV.get("purge-cursor")) === null) break;
    }
    expect(await grants()).toBe(1);
    expect(kept.access_token).toContain(userId);
    expect(await env.OAUTH_KV.get("purge-cursor")).toBeNull();
  });

  it("does nothing for a server that is not configured", async () => {
    const broken = { ...bindings, JWT_SECRET: "" } as Bindings;
    await expect(worker.scheduled(createScheduledController(), broken)).resolves.toBeUndefined();
  });
});
