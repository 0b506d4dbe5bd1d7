import { afterEach, describe, expect, it } from "vitest";
import { errorFromAnswer } from "../../../tools/clickup/errors.ts";
import {
  ClickUpError,
  clickupHttp,
  exchangeCode,
  fetchIdentity,
  MAX_ANSWER_BYTES,
} from "../../../tools/clickup/http.ts";
import { path } from "../../../tools/clickup/path.ts";
import { createClickUpSandbox, issueCode, SANDBOX } from "../../sandbox/clickup/index.ts";

const realFetch = globalThis.fetch;
const baseUrl = "https://api.clickup.test/api";
afterEach(() => {
  globalThis.fetch = realFetch;
});

function answer(make: (request: Request) => Response | Promise<Response>): Request[] {
  const seen: Request[] = [];
  globalThis.fetch = async (input: Parameters<typeof fetch>[0], init?: RequestInit) => {
    const request = new Request(input, init);
    seen.push(request);
    return await make(request);
  };
  return seen;
}

describe("clickupHttp", () => {
  it("sends personal tokens raw, OAuth tokens as Bearer, and JSON bodies", async () => {
    const seen = answer(() =>
      Response.json(
        { ok: true },
        { headers: { "x-ratelimit-remaining": "7", "x-ratelimit-reset": "1700000000" } },
      ),
    );
    const { json, rate } = await clickupHttp(
      { baseUrl: `${baseUrl}/`, token: "pk_1_ABC" },
      { method: "GET", path: "/v2/user", query: { "a[]": ["x", 2], b: undefined, c: true } },
    );
    expect([json, rate]).toEqual([{ ok: true }, { remaining: 7, reset_ms: 1_700_000_000_000 }]);
    await clickupHttp({ baseUrl, token: "abc" }, { method: "POST", path: "/v2/x", body: { a: 1 } });
    await clickupHttp({ baseUrl, token: "pk_oauth", kind: "oauth" }, { method: "DELETE", path: "/v2/x" });
    expect(seen.map((request) => request.headers.get("authorization"))).toEqual([
      "pk_1_ABC",
      "Bearer abc",
      "Bearer pk_oauth",
    ]);
    expect(seen[0]?.url).toBe("https://api.clickup.test/api/v2/user?a%5B%5D=x&a%5B%5D=2&c=true");
    expect(await seen[1]?.json()).toEqual({ a: 1 });
    expect(seen[1]?.headers.get("content-type")).toBe("application/json");
    expect(seen[2]?.headers.get("content-type")).toBeNull();
  });

  it("takes an empty 200 and refuses an answer that is too large", async () => {
    answer(() => new Response("", { status: 200 }));
    expect((await clickupHttp({ baseUrl, token: "t" }, { method: "PUT", path: "/v2/x" })).json).toEqual({});
    answer(() => new Response(new Uint8Array(MAX_ANSWER_BYTES + 1)));
    await expect(clickupHttp({ baseUrl, token: "t" }, { method: "GET", path: "/v2/x" })).rejects.toThrow(
      "too large",
    );
  });

  it("does not follow a redirect", async () => {
    const seen = answer(
      () => new Response(null, { status: 302, headers: { location: "https://evil.test/" } }),
    );
    await expect(
      clickupHttp({ baseUrl, token: "t" }, { method: "GET", path: "/v2/x" }),
    ).rejects.toMatchObject({ kind: "unavailable" });
    expect(seen[0]?.redirect).toBe("manual");
    expect(seen).toHaveLength(1);
  });

  it("gives up on a fetch that ignores its signal", async () => {
    answer(() => new Promise(() => undefined));
    await expect(
      clickupHttp({ baseUrl, token: "t" }, { method: "GET", path: "/v2/x", timeout_ms: 10 }),
    ).rejects.toMatchObject({ kind: "timeout" });
    const leaving = new AbortController();
    const waiting = clickupHttp(
      { baseUrl, token: "t" },
      { method: "GET", path: "/v2/x", signal: leaving.signal },
    );
    leaving.abort(new Error("gone"));
    await expect(waiting).rejects.toThrow("gone");
  });
});

describe("path", () => {
  it("encodes each part and refuses dots", () => {
    expect(path`/v2/task/${"a/b?c"}/tag/${"c++ ✅"}`).toBe("/v2/task/a%2Fb%3Fc/tag/c%2B%2B%20%E2%9C%85");
    expect(() => path`/v2/task/${".."}`).toThrow(RangeError);
    expect(() => path`/v2/task/${""}`).toThrow(RangeError);
  });
});

describe("errorFromAnswer", () => {
  it.each([
    [401, "OAUTH_017", undefined, "auth"],
    [401, "OAUTH_019", undefined, "auth"],
    [401, "OAUTH_021", undefined, "auth"],
    [401, "OAUTH_025", "Token invalid", "auth"],
    [401, "OAUTH_077", undefined, "auth"],
    [401, "OAUTH_023", "Team not authorized", "permission"],
    [401, "OAUTH_027", "Team not authorized", "permission"],
    [401, "OAUTH_029", undefined, "permission"],
    [401, "OAUTH_045", undefined, "permission"],
    [401, undefined, "Team(s) not authorized", "permission"],
    [401, undefined, undefined, "auth"],
    [403, "ACCESS_083", undefined, "permission"],
    [404, undefined, undefined, "not_found"],
    [400, "ITEM_015", undefined, "not_found"],
    [400, "FIELD_146", undefined, "validation"],
    [422, undefined, undefined, "validation"],
    [429, "APP_002", undefined, "rate_limited"],
    [500, undefined, undefined, "unavailable"],
    [503, undefined, undefined, "unavailable"],
  ])("%s %s %s is %s", (status, ecode, err, kind) => {
    const error = errorFromAnswer(status, { err, ECODE: ecode }, {}, "");
    expect([error.kind, error.status, error.ecode]).toEqual([kind, status, ecode]);
  });

  it("cleans and cuts ClickUp's text and reads the v3 shape", () => {
    const error = errorFromAnswer(
      400,
      { message: `<p>Bad\u202E pk_1_SECRET</p> ${"x".repeat(500)}` },
      {},
      "",
    );
    expect(error.detail).toMatch(/^Bad \[token\] x+…$/);
    expect(error.detail?.length).toBeLessThanOrEqual(200);
    expect(errorFromAnswer(400, { err: "my-own-secret is wrong" }, {}, "my-own-secret").detail).toBe(
      "[token] is wrong",
    );
  });
});

describe("sign-in", () => {
  it("exchanges a code and reads the identity", async () => {
    const sandbox = createClickUpSandbox();
    answer((request) => sandbox.fetch(request));
    const code = issueCode(sandbox.state, {
      user: SANDBOX.users.alice,
      workspaces: [SANDBOX.workspaces.northwind],
      redirect_uri: "https://mcp.test/cb",
      now_ms: Date.now(),
    });
    const token = await exchangeCode({
      baseUrl,
      clientId: SANDBOX.clientId,
      clientSecret: SANDBOX.clientSecret,
      code,
    });
    const identity = await fetchIdentity({ baseUrl, token });
    expect(identity).toMatchObject({
      clickupUserId: String(SANDBOX.users.alice),
      email: "alice@northwind.test",
      timeZone: "Europe/Stockholm",
    });
    expect(identity.workspaces).toEqual([{ id: SANDBOX.workspaces.northwind, name: "Northwind Labs" }]);
    await expect(
      exchangeCode({
        baseUrl,
        clientId: SANDBOX.clientId,
        clientSecret: SANDBOX.clientSecret,
        code: "wrong",
      }),
    ).rejects.toBeInstanceOf(ClickUpError);
    await expect(fetchIdentity({ baseUrl, token: "pk_0_NOPE" })).rejects.toMatchObject({ kind: "auth" });
  });
});
