/** The account page's own session: signing in and out, and every way to come without one. */
import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import type { Bindings } from "../../../worker/env.ts";
import { serve } from "../../../worker/router.tsx";
import { SANDBOX } from "../../sandbox/clickup/facts.ts";
import { clickup } from "../../support/outside.ts";
import { Browser, hiddenField, ORIGIN } from "../browser.ts";
import { signInAtClickUp } from "../clickup-page.ts";
import { formTokenOf, SESSION_COOKIE, signedIn, sqlOf, submit, userOf } from "../person.ts";

const PAGES = [
  "/account",
  "/account/plan",
  "/account/tokens",
  "/account/activity",
  "/account/settings",
  "/account/delete",
];
const path = (response: Response) => response.headers.get("Location");

describe("signing in", () => {
  it.each([...PAGES, "/account/data", "/account/activity/export", "/account/devices/d_x"])(
    "%s sends a stranger to the sign-in",
    async (page) => {
      const response = await new Browser().get(page);
      expect(response.status).toBe(302);
      expect(path(response)).toContain("/auth/login?for=account");
    },
  );

  it("comes back to the page that was asked for, of ours only", async () => {
    const browser = new Browser();
    const at = path(await browser.get("/account/activity")) ?? "";
    const html = await (await browser.get(at)).text();
    const fields = { state: hiddenField(html, "state"), purpose: "account", method: "token" };
    expect(hiddenField(html, "next")).toBe("/account/activity");
    const done = await browser.post("/auth/login", {
      ...fields,
      next: "//evil.example",
      api_key: SANDBOX.tokens.alice,
    });
    expect([done.status, path(done)]).toEqual([303, "/account"]);
    const again = await browser.get("/auth/login?for=account&next=https://evil.example");
    expect(path(again)).toBe("/account");
  });

  it("works through ClickUp, for the same user as the token", async () => {
    const browser = new Browser();
    const state = hiddenField(await (await browser.get("/auth/login?for=account")).text(), "state");
    const away = await browser.post("/auth/login", { state, purpose: "account", method: "clickup" });
    const back = await signInAtClickUp(new URL(path(away) ?? ""), "alice");
    const done = await browser.get(back.pathname + back.search);
    expect([done.status, path(done)]).toEqual([303, "/account"]);
    await signedIn("alice");
    const account = await (await userOf("alice")).account();
    expect(account.ok && account.value.credentials.map((c) => c.kind).toSorted()).toEqual([
      "oauth",
      "personal",
    ]);
  });

  it.each(PAGES)("%s is a strict page for the person", async (page) => {
    const response = await (await signedIn("alice")).get(page);
    const html = await response.text();
    expect(response.status).toBe(200);
    expect(response.headers.get("Cache-Control")).toBe("no-store");
    const policy = response.headers.get("Content-Security-Policy") ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(html).not.toMatch(/\sstyle="|\son\w+="/);
    expect(html).not.toMatch(/<(script|img|link|iframe)[^>]+(src|href)="(https?:)?\/\//);
    expect(html).toMatch(/<h1/);
    for (const form of html.match(/<form[^>]*method="post"[\s\S]*?<\/form>/g) ?? []) {
      expect(form).toContain('name="form_token"');
    }
    // Every field has a label: by `for`, or around it.
    for (const [, id] of html.matchAll(
      /<(?:select|textarea|input type="(?:text|password)")[^>]*\sid="([^"]+)"/g,
    )) {
      expect(html).toMatch(new RegExp(`<label[^>]*for="${id}"`));
    }
  });

  it("resets nothing", async () => {
    const browser = await signedIn("alice");
    await submit(browser, "/account/settings/preferences", {
      workspace: SANDBOX.workspaces.side,
      time_zone: "Asia/Tokyo",
    });
    await signedIn("alice");
    const account = await (await userOf("alice")).account();
    expect(account.ok && account.value).toMatchObject({
      defaultWorkspaceId: SANDBOX.workspaces.side,
      defaultPinned: true,
      timeZone: "Asia/Tokyo",
    });
  });
});

describe("a cookie", () => {
  it("that was changed in any part is worth nothing", async () => {
    const browser = await signedIn("alice");
    const value = browser.cookies.get(SESSION_COOKIE) ?? "";
    const [head = "", body = "", signature = ""] = value.split(".");
    const claims = JSON.parse(atob(body.replaceAll("-", "+").replaceAll("_", "/"))) as Record<
      string,
      unknown
    >;
    const bob = btoa(JSON.stringify({ ...claims, sub: "u_bob" })).replace(/=+$/, "");
    const none = btoa(JSON.stringify({ alg: "none", typ: "session+jwt" })).replace(/=+$/, "");
    for (const forged of [
      `${head}.${bob}.${signature}`,
      `${none}.${body}.`,
      `${head}.${body}.${signature.slice(0, -2)}AA`,
      "nonsense",
      "a.b.c",
    ]) {
      const thief = new Browser();
      thief.cookies.set(SESSION_COOKIE, forged);
      expect((await thief.get("/account")).status).toBe(302);
    }
    expect((await browser.get("/account")).status).toBe(200);
  });

  it("of the sign-in on the way, or a bearer token, is no session", async () => {
    const browser = new Browser();
    await browser.get("/auth/login?for=account");
    const ticket = browser.cookies.get("__Host-clickup-mcp-login") ?? "";
    browser.cookies.set(SESSION_COOKIE, ticket);
    expect((await browser.get("/account")).status).toBe(302);
  });

  it("ends on the server: by signing out, everywhere, or by time", async () => {
    const [one, two] = [await signedIn("carol"), await signedIn("carol")];
    const kept = one.cookies.get(SESSION_COOKIE) ?? "";
    const out = await submit(one, "/auth/logout");
    expect([out.status, path(out)]).toEqual([303, "/"]);
    expect(one.cookies.has(SESSION_COOKIE)).toBe(false);
    one.cookies.set(SESSION_COOKIE, kept);
    expect((await one.get("/account")).status).toBe(302);
    expect((await two.get("/account")).status).toBe(200);

    const three = await signedIn("carol");
    await submit(three, "/account/settings/sign-out-everywhere");
    expect((await two.get("/account")).status).toBe(302);

    const four = await signedIn("carol");
    await sqlOf("carol", "UPDATE web_sessions SET expires_ms = 1");
    expect((await four.get("/account")).status).toBe(302);
  });

  it("keeps its Max-Age within a week, and is one of at most twenty", async () => {
    for (let i = 0; i < 21; i++) await signedIn("heidi");
    const rows = await sqlOf<{ expires_ms: number }>("heidi", "SELECT expires_ms FROM web_sessions");
    expect(rows).toHaveLength(20);
    for (const { expires_ms } of rows) expect(expires_ms).toBeLessThanOrEqual(Date.now() + 7 * 86_400_000);
  });

  it("survives a change of JWT_SECRET while the old one is configured", async () => {
    const browser = await signedIn("alice");
    const token = await formTokenOf(browser);
    const cookie = `${SESSION_COOKIE}=${browser.cookies.get(SESSION_COOKIE)}`;
    const bindings = env as unknown as Bindings & { JWT_SECRET: string };
    const next = { ...bindings, JWT_SECRET: "n".repeat(40) };
    const send = async (changes: Record<string, unknown>, init: RequestInit = {}) => {
      const ctx = createExecutionContext();
      const request = new Request(
        `${ORIGIN}/account${init.method === "POST" ? "/devices/stop-all" : ""}`,
        init,
      );
      request.headers.set("Cookie", cookie);
      const response = await serve(
        new Request(request, { redirect: "manual" }),
        { ...next, ...changes },
        ctx,
      );
      await waitOnExecutionContext(ctx);
      return response.status;
    };
    expect(await send({ JWT_SECRET_PREVIOUS: bindings.JWT_SECRET })).toBe(200);
    const form = { method: "POST", body: new URLSearchParams({ form_token: token }) };
    expect(await send({ JWT_SECRET_PREVIOUS: bindings.JWT_SECRET }, form)).toBe(303);
    expect(await send({})).toBe(302);
  });
});

describe("a form", () => {
  const FORMS = [
    "/account/tokens",
    "/account/devices/stop-all",
    "/account/devices/d_x",
    "/account/devices/d_x/stop",
    "/account/settings/preferences",
    "/account/settings/token",
    "/account/settings/connect",
    "/account/settings/remove-credential",
    "/account/settings/sign-out-everywhere",
    "/account/delete",
    "/auth/logout",
  ];

  it.each(FORMS)(
    "%s is refused without its token, with another's, from another site, or as JSON",
    async (to) => {
      const [browser, other] = [await signedIn("alice"), await signedIn("bob")];
      clickup.clearCalls();
      const fields = { confirm: "delete my data", kind: "personal" };
      expect((await browser.post(to, fields)).status).toBe(403);
      const foreign = await formTokenOf(other);
      expect((await browser.post(to, { ...fields, form_token: foreign })).status).toBe(403);
      const own = { ...fields, form_token: await formTokenOf(browser) };
      for (const site of ["cross-site", "same-site"]) {
        expect((await browser.post(to, own, { "Sec-Fetch-Site": site })).status).toBe(403);
      }
      expect((await browser.post(to, own, { "Content-Type": "application/json" })).status).toBe(415);
      expect((await browser.post(to, own, { "Content-Type": "text/plain" })).status).toBe(415);
      expect((await new Browser().post(to, own)).status).toBe(303);
      expect(clickup.calls).toHaveLength(0);
      expect((await browser.get("/account")).status).toBe(200);
    },
  );

  it("is not sent by a link: GET changes nothing", async () => {
    const browser = await signedIn("alice");
    for (const to of FORMS) await browser.get(to);
    expect((await browser.get("/account")).status).toBe(200);
    expect(await (await browser.get("/auth/logout")).text()).toContain("Sign out?");
    const put = await browser.get("/account/settings/token");
    expect([put.status, put.headers.get("Allow")]).toEqual([405, "POST"]);
  });
});
