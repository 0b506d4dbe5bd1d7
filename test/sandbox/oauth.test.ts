import { describe, expect, it } from "vitest";
import { issueCode, SANDBOX } from "./clickup/index.ts";
import { sandboxWithClient } from "./sandbox-client.ts";

const { users, workspaces, tasks, clientId, clientSecret } = SANDBOX;
const REDIRECT = "https://mcp.test/callback";

function authorizeUrl(params: Record<string, string> = {}): string {
  const query = new URLSearchParams({
    client_id: clientId,
    redirect_uri: REDIRECT,
    state: "s1&<x>",
    ...params,
  });
  return `https://app.clickup.test/api?${query.toString()}`;
}

function submit(
  sandbox: ReturnType<typeof sandboxWithClient>["sandbox"],
  fields: [string, string][],
  url = authorizeUrl(),
) {
  const body = new URLSearchParams(fields);
  return sandbox.fetch(new Request(url, { method: "POST", body }));
}

describe("the authorize page", () => {
  it("lets a person choose who signs in and which Workspaces", async () => {
    const { sandbox } = sandboxWithClient();
    const response = await sandbox.fetch(new Request(authorizeUrl()));
    const page = await response.text();
    expect(response.status).toBe(200);
    expect(page).toContain('<html lang="en">');
    expect(page).toContain("Alice Andersson");
    expect(page).toContain("Dan O&#39;Neil");
    expect(page).toContain("Bobcorp");
    expect(page).toContain("mcp.test");
    expect(page).toContain("state=s1%26%3Cx%3E");
    expect(page).not.toContain("<x>");
    const inputs = page.match(/<input\s[^>]*id="([^"]+)"/g) ?? [];
    const labels = page.match(/<label\s+for="([^"]+)"/g) ?? [];
    expect(inputs.length).toBe(11);
    expect(labels.length).toBe(11);
  });

  it.each([
    ["an unknown client", { client_id: "other" }, "OAUTH_010"],
    ["a redirect over plain http", { redirect_uri: "http://evil.test/cb" }, "OAUTH_007"],
    ["a redirect that is no URL", { redirect_uri: "javascript:alert(1)" }, "OAUTH_007"],
  ])("refuses %s without a redirect", async (_, params, ecode) => {
    const { sandbox } = sandboxWithClient();
    for (const method of ["GET", "POST"]) {
      const init =
        method === "POST" ? { method, body: new URLSearchParams({ decision: "connect" }) } : { method };
      const response = await sandbox.fetch(new Request(authorizeUrl(params), init));
      expect(response.status).toBe(400);
      expect(response.headers.get("Location")).toBeNull();
      expect(await response.text()).toContain(ecode);
    }
  });

  it("takes http on localhost", async () => {
    const { sandbox } = sandboxWithClient();
    const response = await sandbox.fetch(
      new Request(authorizeUrl({ redirect_uri: "http://localhost:8787/cb" })),
    );
    expect(response.status).toBe(200);
  });

  it("sends a code and the state back, or an error on Cancel", async () => {
    const { sandbox } = sandboxWithClient();
    const connected = await submit(sandbox, [
      ["user", String(users.alice)],
      ["workspace", workspaces.northwind],
      ["decision", "connect"],
    ]);
    expect(connected.status).toBe(302);
    const to = new URL(connected.headers.get("Location") ?? "");
    expect(to.origin + to.pathname).toBe(REDIRECT);
    expect(to.searchParams.get("state")).toBe("s1&<x>");
    expect(to.searchParams.get("code")).toMatch(/^[0-9A-F]{32}$/);
    const cancelled = await submit(sandbox, [["decision", "cancel"]]);
    const away = new URL(cancelled.headers.get("Location") ?? "");
    expect(away.searchParams.get("error")).toBe("access_denied");
    expect(away.searchParams.has("code")).toBe(false);
  });

  it("does not authorise a Workspace the person is not in", async () => {
    const { sandbox } = sandboxWithClient();
    const none = await submit(sandbox, [
      ["user", String(users.bob)],
      ["workspace", workspaces.northwind],
      ["decision", "connect"],
    ]);
    expect(none.status).toBe(400);
    expect(sandbox.state.data.codes).toEqual({});
  });
});

describe("the token exchange", () => {
  function withCode(workspaceIds: string[] = [workspaces.northwind]) {
    const client = sandboxWithClient();
    const code = issueCode(client.sandbox.state, {
      user: users.alice,
      workspaces: workspaceIds,
      redirect_uri: REDIRECT,
      now_ms: client.clock.now_ms,
    });
    return { ...client, code };
  }
  const good = { client_id: clientId, client_secret: clientSecret };

  it("takes JSON and forms, gives a token without expiry, and counts a code once", async () => {
    const { send, code, sandbox } = withCode();
    const first = await send("POST /v2/oauth/token", { token: "", body: { ...good, code } });
    expect(first.status).toBe(200);
    expect(Object.keys(first.body).sort()).toEqual(["access_token", "token_type"]);
    const again = await send("POST /v2/oauth/token", { token: "", body: { ...good, code } });
    expect(again.status).toBe(401);
    expect(again.body).toEqual({ err: "Code already used", ECODE: "OAUTH_014" });
    const other = issueCode(sandbox.state, {
      user: users.bob,
      workspaces: [workspaces.bobcorp],
      redirect_uri: REDIRECT,
      now_ms: 0,
    });
    sandbox.state.data.codes[other] = { ...sandbox.state.data.codes[code]!, code: other, used: false };
    const form = new URLSearchParams({ ...good, code: other }).toString();
    const byForm = await send("POST /v2/oauth/token", {
      token: "",
      body: form,
      headers: { "Content-Type": "application/x-www-form-urlencoded" },
    });
    expect(byForm.status).toBe(200);
  });

  it.each([
    ["a wrong client", { client_id: "x" }, 401, "OAUTH_010"],
    ["a wrong secret", { client_secret: "x" }, 401, "OAUTH_011"],
    ["no code", { code: "" }, 400, "OAUTH_012"],
    ["an unknown code", { code: "ABC" }, 401, "OAUTH_013"],
  ])("refuses %s", async (_, change, status, ecode) => {
    const { send, code } = withCode();
    const answer = await send("POST /v2/oauth/token", { token: "", body: { ...good, code, ...change } });
    expect(answer.status).toBe(status);
    expect(answer.body).toEqual({ err: expect.any(String), ECODE: ecode });
  });

  it("refuses a code after ten minutes", async () => {
    const { send, code, clock } = withCode();
    clock.now_ms += 10 * 60_000 + 1;
    expect((await send("POST /v2/oauth/token", { token: "", body: { ...good, code } })).body.ECODE).toBe(
      "OAUTH_013",
    );
  });

  it("gives a token that sees only the authorised Workspaces", async () => {
    const { send, code } = withCode([workspaces.side]);
    const { body } = await send("POST /v2/oauth/token", { token: "", body: { ...good, code } });
    const token = `Bearer ${String(body.access_token)}`;
    const user = await send("GET /v2/user", { token });
    expect(user.body).toMatchObject({ user: { id: users.alice } });
    const teams = (await send("GET /v2/team", { token })).body.teams as { id: string }[];
    expect(teams.map((team) => team.id)).toEqual([workspaces.side]);
    expect((await send(`GET /v2/task/${tasks.garden}`, { token })).status).toBe(200);
    const denied = await send(`GET /v2/task/${tasks.export}`, { token });
    expect(denied.status).toBe(401);
    expect(denied.body).toEqual({ err: "Team not authorized", ECODE: "OAUTH_027" });
  });
});
