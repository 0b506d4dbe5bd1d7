/**
 * Texts of others on our pages: names from ClickUp, names of clients, names of tokens, what stands in an address. No
 * page gets an element, an attribute or a link from them, and no text on it hides or reorders anything.
 */
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { csvLine } from "../../../worker/account/csv.ts";
import { INJECTIONS, MARK } from "../../corpus/injections.ts";
import { plant } from "../../corpus/plant.ts";
import { SANDBOX } from "../../sandbox/clickup/facts.ts";
import { answerHost, clickup } from "../../support/outside.ts";
import { Browser, formAction, hiddenField, locationOf } from "../browser.ts";
import {
  allWorkspaces,
  authorizePath,
  connect,
  newClient,
  redeem,
  type Client,
  type Tokens,
} from "../client.ts";
import { rpc } from "../mcp-call.ts";
import { pageFaults } from "../page-check.ts";
import { idOf, signedIn, submit, userOf } from "../person.ts";

const each = INJECTIONS.map(({ name, text }) => [name, text] as const);
/** The names that a page makes most of, where trying all would take long. */
const some = each.filter(([name]) =>
  /HTML$|attribute|end of elements|bidi|tag|selectors|script link|formula|header|controls|surrogates/.test(
    name,
  ),
);

let bob: Browser;
let client: Client;

beforeAll(async () => {
  plant(clickup.state, []);
  bob = await signedIn("bob");
  client = await newClient();
});

async function good(response: Response, status = 200): Promise<void> {
  expect(response.status).toBe(status);
  expect(await pageFaults(response)).toEqual([]);
}

describe("the check", () => {
  it.each([
    ["an element", "<p><marquee>x</marquee></p>"],
    ["a script", "<script>alert(1)</script>"],
    ["a handler", `<p onclick="x">x</p>`],
    ["a link", `<a href="javascript:alert(1)">x</a>`],
    ["a foreign link", `<a href="//evil.example">x</a>`],
    ["a form", `<form action="https://evil.example"></form>`],
    ["an override", "<p>\u202Ex</p>"],
  ])("sees %s", async (_, html) => {
    const headers = { "Content-Security-Policy": "default-src 'none'; script-src 'nonce-abc'" };
    expect(await pageFaults(new Response("<p>x</p>", { headers }))).toEqual([]);
    expect(await pageFaults(new Response(html, { headers }))).toHaveLength(1);
  });
});

describe("a client's name", () => {
  it.each(each)("is text on the consent page: %s", async (_, text) => {
    const client = await newClient({ client_name: `zqx ${text}` }).catch(() => null);
    // The library may refuse a name; then there is no page.
    if (client === null) return;
    const page = await new Browser().get(authorizePath(client));
    await good(page);
  });

  it("that shows nothing is called unnamed", async () => {
    const client = await newClient({ client_name: "\u3164\u{E0041}\u2800" });
    expect(await (await new Browser().get(authorizePath(client))).text()).toContain("Unnamed application");
  });

  it.each(some)("is text all the way to the account page: %s", async (_, text) => {
    const client = await newClient({ client_name: text });
    const browser = new Browser();
    const consent = await browser.get(authorizePath(client));
    const handle = hiddenField(await consent.text(), "handle");
    const form = await browser.post("/authorize", { handle, decision: "token", access: "write" });
    await good(form.clone());
    const asked = await browser.post(formAction(await form.text()), { api_key: SANDBOX.tokens.alice });
    await good(asked.clone());
    const target = locationOf(await allWorkspaces(browser, asked));
    const tokens = await (await redeem(client, target.searchParams.get("code") ?? "")).json<Tokens>();
    await rpc(tokens.access_token, { jsonrpc: "2.0", id: 1, method: "tools/list" });
    for (const path of ["/account", "/account/activity"]) await good(await browser.get(path));
    const device = (await (await userOf("alice")).devices()).find((one) => one.clientId === client.clientId);
    await good(await browser.get(`/account/devices/${device?.deviceId}`));
  });
});

describe("names from ClickUp", () => {
  it("are text on every page of the account", async () => {
    const browser = await signedIn("alice");
    const account = await (await userOf("alice")).account();
    expect(account.ok && account.value.username).toMatch(MARK);
    for (const path of [
      "/account",
      "/account/tokens",
      "/account/activity",
      "/account/settings",
      "/account/delete",
      "/auth/logout",
    ])
      await good(await browser.get(path));
    const client = await newClient();
    await good(await browser.get(authorizePath(client)));
  });

  it("are text on the page that shows a token", async () => {
    const browser = new Browser();
    const state = hiddenField(await (await browser.get("/auth/login")).text(), "state");
    const fields = {
      state,
      purpose: "token",
      method: "token",
      access: "read",
      api_key: SANDBOX.tokens.carol,
    };
    const shown = await browser.post("/auth/login", fields);
    expect(await shown.clone().text()).toMatch(MARK);
    await good(shown);
  });
});

describe("what a person types", () => {
  it.each(each)("is text where it comes back: %s", async (_, text) => {
    const html = await (await bob.get("/account/tokens")).text();
    const fields = {
      device_id: hiddenField(html, "device_id"),
      name: text.slice(0, 60),
      access: "read",
      lifetime: "1d",
    };
    const issued = await submit(bob, "/account/tokens", fields);
    expect([200, 400]).toContain(issued.status);
    expect(await pageFaults(issued)).toEqual([]);
  });

  it("is text in the list of tokens", async () => {
    await good(await bob.get("/account/tokens"));
  });
});

describe("what stands in an address", () => {
  it.each(some)("is text, or not there: %s", async (_, text) => {
    const q = encodeURIComponent(text.toWellFormed());
    for (const path of [
      `/auth/login?for=${q}&next=${q}`,
      `/authorize?client_id=${q}`,
      authorizePath(client, { redirect_uri: text.toWellFormed() }),
      authorizePath(client, { scope: text.toWellFormed(), state: text.toWellFormed() }),
      authorizePath(client, { response_type: text.toWellFormed() }),
      `/auth/callback?code=${q}&state=${q}&error=${q}&error_description=${q}`,
      `/account/activity?device=${q}&tool=${q}&before=${q}`,
      `/account/devices/${q}`,
      `/account/plan/${q}`,
      `/billing/success?session_id=${q}&return=${q}`,
      `/${q}`,
    ]) {
      const response = await bob.get(path);
      const location = response.headers.get("Location");
      if (location !== null) {
        expect(location).toMatch(/^(\/(?!\/)|https:\/\/(mcp\.test|client\.example)\/)/);
        continue;
      }
      if (response.headers.get("Content-Type")?.startsWith("text/html") === true)
        expect(await pageFaults(response), path).toEqual([]);
      else
        expect(
          response.headers.get("X-Content-Type-Options") ?? response.headers.get("Content-Type"),
        ).toMatch(/nosniff|json/);
    }
  });
});

describe("the record", () => {
  it("holds no method a client made up, in page, file or log", async () => {
    const [, { access_token }] = await connect(new Browser(), SANDBOX.tokens.heidi);
    for (const [, text] of each) {
      await rpc(access_token, { jsonrpc: "2.0", id: 1, method: `zqx ${text}` });
    }
    await rpc(access_token, { jsonrpc: "2.0", id: 1, method: "made/up" });
    const browser = await signedIn("heidi");
    await good(await browser.get("/account/activity"));
    for (const format of ["csv", "json"]) {
      const text = await (await browser.get(`/account/activity/export?format=${format}`)).text();
      expect(text).not.toMatch(/zqx/);
      expect(text).toContain("made/up");
    }
    expect(await idOf("heidi")).toMatch(/^u_/);
    expect(env.USER).toBeDefined();
  });

  it.each(each)("is no formula in a spreadsheet: %s", (_, text) => {
    const line = csvLine([text, `x${text}`]);
    expect(line.endsWith("\r\n")).toBe(true);
    expect(line).not.toMatch(/^"?[=+\-@\t\r]/);
  });
});

describe("a metadata document", () => {
  it.each(some)("gives names as text: %s", async (name, text) => {
    const id = `https://agent-${name.replaceAll(/\W/g, "")}.example/client.json`;
    answerHost(new URL(id).hostname, () =>
      Response.json({
        client_id: id,
        client_name: text,
        client_uri: "https://agent.example/<script>",
        logo_uri: `javascript:alert("${text}")`,
        tos_uri: `data:text/html,${text}`,
        redirect_uris: ["https://client.example/cb"],
        token_endpoint_auth_method: "none",
      }),
    );
    const page = await new Browser().get(authorizePath({ ...(await newClient()), clientId: id }));
    expect([200, 400]).toContain(page.status);
    expect(await pageFaults(page)).toEqual([]);
  });
});
