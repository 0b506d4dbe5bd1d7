/** POST /auth/api-key */
import { env, exports } from "cloudflare:workers";
import { decodeJwt } from "jose";
import { beforeAll, describe, expect, it } from "vitest";
import { userObject } from "../../../worker/directory.ts";
import type { Bindings } from "../../../worker/env.ts";
import { SANDBOX } from "../../sandbox/clickup/facts.ts";
import { clickup } from "../../support/outside.ts";
import { Browser, hiddenField, ORIGIN } from "../browser.ts";
import { connect } from "../client.ts";

const bindings = env as unknown as Bindings;
let token = "";

interface Changes {
  method?: string;
  contentType?: string;
}

function store(
  body: unknown,
  bearer = token,
  { method = "POST", contentType = "application/json" }: Changes = {},
) {
  const headers = new Headers({ "Content-Type": contentType });
  if (bearer) headers.set("Authorization", `Bearer ${bearer}`);
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const request = new Request(`${ORIGIN}/auth/api-key`, {
    method,
    headers,
    ...(method === "POST" ? { body: text } : {}),
  });
  return exports.default.fetch(request);
}

async function failure(response: Response): Promise<string> {
  const body = await response.json<{ success: boolean; error: string }>();
  expect(body.success).toBe(false);
  return body.error;
}

async function login(key: string): Promise<string> {
  const browser = new Browser();
  const state = hiddenField(await (await browser.get("/auth/login")).text(), "state");
  const fields = { state, access: "write", method: "token", api_key: key };
  const html = await (await browser.post("/auth/login", fields)).text();
  return (/<textarea[^>]*>([^<]*)</.exec(html)?.[1] ?? "").trim();
}

beforeAll(async () => {
  token = await login(SANDBOX.tokens.alice);
});

describe("storing an API key", () => {
  it("answers in the documented form, for a JWT and for an OAuth token", async () => {
    const [, oauth] = await connect(new Browser(), SANDBOX.tokens.alice);
    for (const bearer of [token, oauth.access_token]) {
      const response = await store({ api_key: SANDBOX.tokens.alice }, bearer);
      expect(response.status).toBe(200);
      expect(await response.json()).toEqual({ success: true, message: "API key stored successfully" });
      expect(response.headers.get("Cache-Control")).toBe("no-store");
    }
    const account = await userObject(bindings, decodeJwt(token).sub ?? "").account();
    expect(account.ok && account.value.credentials.map((credential) => credential.kind)).toContain(
      "personal",
    );
  });

  it("needs a bearer token of a device that is not revoked", async () => {
    expect((await store({ api_key: SANDBOX.tokens.alice }, "")).status).toBe(401);
    expect((await store({ api_key: SANDBOX.tokens.alice }, "nonsense")).status).toBe(401);
    const revoked = await login(SANDBOX.tokens.alice);
    const { sub = "", jti = "" } = decodeJwt(revoked);
    await userObject(bindings, sub).revokeDevice(jti);
    clickup.clearCalls();
    expect((await store({ api_key: SANDBOX.tokens.alice }, revoked)).status).toBe(401);
    expect(clickup.calls).toHaveLength(0);
  });

  it("is not for a device that its owner made read-only, though its token is older than that", async () => {
    const narrowed = await login(SANDBOX.tokens.alice);
    const { sub = "", jti = "" } = decodeJwt(narrowed);
    const grant = { access: "read" as const, toolSets: null, workspaces: null };
    await userObject(bindings, sub).changeDevice(jti, { grant, expires_ms: null });
    clickup.clearCalls();
    const refused = await store({ api_key: SANDBOX.tokens.alice }, narrowed);
    expect(refused.status).toBe(403);
    expect(await failure(refused)).toContain("read-only");
    expect(clickup.calls).toHaveLength(0);
  });

  it("needs the writing scope", async () => {
    const [, readOnly] = await connect(new Browser(), SANDBOX.tokens.alice, "read");
    const response = await store({ api_key: SANDBOX.tokens.alice }, readOnly.access_token);
    expect(response.status).toBe(403);
    expect(response.headers.get("WWW-Authenticate")).toContain("clickup:write");
  });

  it("says why ClickUp refuses a key, without repeating it", async () => {
    const response = await store({ api_key: "pk_1_NOTAKEYNOTAKEY" });
    const text = await failure(response);
    expect(response.status).toBe(400);
    expect(text).toContain("Oauth token not found");
    expect(text).not.toContain("NOTAKEY");
    expect(await failure(await store({ api_key: "not a key" }))).toContain("pk_");
  });

  it("refuses the key of another ClickUp user", async () => {
    const response = await store({ api_key: SANDBOX.tokens.bob });
    expect(response.status).toBe(409);
    expect(await failure(response)).toContain("another ClickUp user");
  });

  it("asks to come back when ClickUp is down", async () => {
    clickup.fault({ kind: "status", status: 500, times: 5 });
    const response = await store({ api_key: SANDBOX.tokens.alice });
    expect(response.status).toBe(503);
    expect(Number(response.headers.get("Retry-After"))).toBeGreaterThan(0);
    await failure(response);
  });

  it("explains a request it cannot read", async () => {
    const text = await store("api_key=x", token, { contentType: "text/plain" });
    expect(text.status).toBe(415);
    const broken = await store("{");
    expect([broken.status, await failure(broken)]).toEqual([400, expect.stringContaining("JSON")]);
    for (const body of [{}, { api_key: "" }, { api_key: 5 }, { key: "pk_1" }, []]) {
      const missing = await store(body);
      expect([missing.status, await failure(missing)]).toEqual([400, expect.stringContaining('"api_key"')]);
    }
    expect((await store({ api_key: "x".repeat(10_000) })).status).toBe(413);
    const get = await store("", token, { method: "GET" });
    expect([get.status, get.headers.get("Allow")]).toEqual([405, "POST, OPTIONS"]);
  });
});
