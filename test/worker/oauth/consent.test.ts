/** The consent page: what it shows, what it refuses, and that nothing reaches ClickUp before it. */
import { describe, expect, it } from "vitest";
import { clickup } from "../../support/outside.ts";
import { Browser, hiddenField, locationOf, ORIGIN } from "../browser.ts";
import { authorizePath, consent, newClient, REDIRECT, registerRaw } from "../client.ts";

describe("the consent page", () => {
  it("shows who asks, that the name is unverified, and where the answer goes", async () => {
    const client = await newClient({ client_name: "Report Robot" });
    const page = await new Browser().get(authorizePath(client));
    const html = await page.text();
    expect(page.status).toBe(200);
    expect(page.headers.get("Cache-Control")).toBe("no-store");
    expect(html).toContain("Report Robot");
    expect(html).toContain("Name not verified");
    expect(html).toContain("client.example");
    expect(html).toContain("30 days");
    expect(html).not.toContain("on this computer");
    expect(clickup.calls).toHaveLength(0);
  });

  it("warns about a redirect to this computer", async () => {
    for (const redirect of ["http://localhost:7777/cb", "http://127.0.0.1:7777/cb", "http://[::1]:7777/cb"]) {
      const client = await newClient({}, redirect);
      const page = await new Browser().get(authorizePath(client));
      expect(await page.text()).toContain("on this computer");
    }
  });

  it("lets the form reach ClickUp and the client, over https or on this machine only", async () => {
    const policy = async (redirect: string) => {
      const page = await new Browser().get(authorizePath(await newClient({}, redirect)));
      const header = page.headers.get("Content-Security-Policy") ?? "";
      return /form-action ([^;]+)/.exec(header)?.[1];
    };
    expect(await policy(REDIRECT)).toBe("'self' https:");
    expect(await policy("http://127.0.0.1:7777/cb")).toBe(
      "'self' https: http://localhost:* http://127.0.0.1:*",
    );
    expect(await policy("http://[::1]:7777/cb")).toBe("'self' https: http:");
  });

  it("escapes what the client says of itself", async () => {
    const client = await newClient({
      client_name: `<script>alert(1)</script>"><img src=x onerror=alert(2)>`,
    });
    const html = await (await new Browser().get(authorizePath(client))).text();
    expect(html).not.toContain("<script>alert");
    expect(html).not.toContain("<img src=x");
    expect(html).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
  });

  it("removes characters that hide or reorder a name, and shortens a long one", async () => {
    const client = await newClient({ client_name: `Good\u202Eevil\u200B\u0007 ${"x".repeat(300)}` });
    const html = await (await new Browser().get(authorizePath(client))).text();
    for (const unseen of ["\u202E", "\u200B", "\u0007"]) expect(html).not.toContain(unseen);
    expect(html).toContain("Goodevil");
    expect(html).not.toContain("x".repeat(81));
    expect(html).toContain("…");
  });

  it("preselects writing only for a client that asks for it", async () => {
    const client = await newClient();
    const checked = (html: string) => (/value="(read|write)"[^>]*checked/.exec(html) ?? [])[1];
    const browser = new Browser();
    expect(checked(await (await browser.get(authorizePath(client))).text())).toBeUndefined();
    const asks = await browser.get(authorizePath(client, { scope: "clickup:read clickup:write" }));
    expect(checked(await asks.text())).toBe("write");
  });

  it("sends a refusal back to the client", async () => {
    const response = await consent(new Browser(), await newClient(), "deny");
    const location = locationOf(response);
    expect(response.status).toBe(303);
    expect(location.origin + location.pathname).toBe(REDIRECT);
    expect(Object.fromEntries(location.searchParams)).toMatchObject({
      error: "access_denied",
      state: "client-state",
      iss: ORIGIN,
    });
  });

  it("sends an approval to ClickUp with our own state and callback", async () => {
    const browser = new Browser();
    const location = locationOf(await consent(browser, await newClient(), "clickup"));
    expect(location.origin + location.pathname).toBe("https://app.clickup.test/api");
    expect(location.searchParams.get("client_id")).toBe("sandbox-client");
    expect(location.searchParams.get("redirect_uri")).toBe(`${ORIGIN}/auth/callback`);
    expect(location.searchParams.get("state")).toMatch(/^[\w-]{40,}$/);
    expect(location.searchParams.get("state")).not.toBe("client-state");
  });
});

describe("a consent form", () => {
  it("works in the browser that opened it, once", async () => {
    const client = await newClient();
    const browser = new Browser();
    const handle = hiddenField(await (await browser.get(authorizePath(client))).text(), "handle");
    const fields = { handle, decision: "clickup", access: "read" };

    const other = await new Browser().post("/authorize", fields);
    expect(other.status).toBe(400);
    expect(other.headers.get("Location")).toBeNull();
    expect((await browser.post("/authorize", fields)).status).toBe(303);
    const again = await browser.post("/authorize", fields);
    expect(again.status).toBe(400);
    expect(await again.text()).toContain("Start again");
  });

  it("cannot be sent without a choice, and stays usable then", async () => {
    const client = await newClient();
    const browser = new Browser();
    const handle = hiddenField(await (await browser.get(authorizePath(client))).text(), "handle");
    const incomplete: Record<string, string>[] = [
      { handle, decision: "clickup" },
      { handle, decision: "clickup", access: "admin" },
      { handle, access: "read" },
    ];
    for (const fields of incomplete) {
      expect((await browser.post("/authorize", fields)).status).toBe(400);
    }
    expect((await browser.post("/authorize", { handle, decision: "clickup", access: "read" })).status).toBe(
      303,
    );
  });

  it("takes forms only, of a sane size", async () => {
    const browser = new Browser();
    const json = await browser.post("/authorize", {}, { "Content-Type": "application/json" });
    expect(json.status).toBe(415);
    expect((await browser.post("/authorize", { handle: "x".repeat(20_000) })).status).toBe(413);
  });
});

describe("an authorization request", () => {
  it.each([
    ["another host", "https://evil.example/cb"],
    ["another path", `${REDIRECT}/more`],
    ["a query", `${REDIRECT}?next=evil`],
    ["a fragment", `${REDIRECT}#x`],
    ["userinfo", "https://client.example@evil.example/cb"],
    ["another scheme", "http://client.example/cb"],
    ["another case of the path", "https://client.example/CB"],
    ["another port", "https://client.example:8443/cb"],
    ["a script", "javascript:alert(1)"],
    ["nothing", ""],
  ])("with %s as redirect is refused on our page", async (_, redirect_uri) => {
    const client = await newClient();
    const response = await new Browser().get(authorizePath(client, { redirect_uri }));
    expect(response.status).toBe(400);
    expect(response.headers.get("Location")).toBeNull();
  });

  it("may use any port of a loopback redirect, as RFC 8252 asks", async () => {
    const client = await newClient({}, "http://127.0.0.1:1234/cb");
    const path = (redirect_uri: string) => authorizePath(client, { redirect_uri });
    expect((await new Browser().get(path("http://127.0.0.1:9876/cb"))).status).toBe(200);
    expect((await new Browser().get(path("http://127.0.0.1:9876/other"))).status).toBe(400);
  });

  it("of an unknown client is refused on our page", async () => {
    const client = { ...(await newClient()), clientId: "nobody" };
    const response = await new Browser().get(authorizePath(client));
    expect([response.status, response.headers.get("Location")]).toEqual([400, null]);
  });

  it("without PKCE or for another resource goes back to the client as an error", async () => {
    const client = await newClient();
    const faulty: Record<string, string>[] = [
      { code_challenge: "", code_challenge_method: "" },
      { code_challenge_method: "plain" },
      { resource: "https://other.example" },
      { response_type: "token" },
    ];
    for (const changes of faulty) {
      const response = await new Browser().get(authorizePath(client, changes));
      const location = locationOf(response);
      expect(location.origin).toBe("https://client.example");
      expect(location.searchParams.get("error")).toMatch(/^(invalid_|unsupported_)/);
      expect(location.searchParams.get("iss")).toBe(ORIGIN);
    }
  });
});

describe("registration", () => {
  it.each([
    ["javascript:alert(1)"],
    ["http://client.example/cb"],
    ["https://a@b.example/cb"],
    ["https://b.example/#f"],
  ])("refuses %s", async (redirect) => {
    expect((await registerRaw({ redirect_uris: [redirect] })).status).toBe(400);
  });
});
