/** What a browser sees: the return pages of Checkout, the plan page, and upgrade links. */
import { describe, expect, test } from "vitest";
import { SANDBOX } from "../sandbox/clickup/facts.ts";
import { TOOLS } from "../../tools/catalog.ts";
import { PREMIUM_EXAMPLES } from "../../worker/pages/examples.ts";
import { Browser, hiddenField, locationOf, unescapeHtml } from "../worker/browser.ts";
import { formTokenOf, idOf, signedIn, submit, type Person } from "../worker/person.ts";
import { newUser, userObject, type TestUser } from "../support/users.ts";
import {
  api,
  billingOf,
  callsTo,
  checkoutUrl,
  deliver,
  history,
  LIST,
  loseAll,
  ORIGIN,
  pay,
  planOf,
  sessionOf,
  stripe,
  subscribe,
  subscriptionOf,
  tierOf,
  travel,
  useStripe,
  worker,
} from "./stripe-world.ts";

useStripe();

/** The person of a browser, as a user whose object can be asked. */
async function userOf(person: Person): Promise<TestUser> {
  const userId = await idOf(person);
  return { ...(await newUser({ userId, person: person as "alice" | "bob" })), object: userObject(userId) };
}

const successUrl = (url: string): string =>
  stripe.state.test.checkout_sessions[sessionOf(url)]?.success_url ?? "";

/** Buys from the plan page. @returns the Checkout URL the form leads to */
async function buyInBrowser(browser: Browser, offer = "month"): Promise<string> {
  const sent = await submit(browser, "/account/plan/checkout", { offer });
  expect(sent.status).toBe(303);
  return locationOf(sent).href;
}

/** A fresh start for a person whose object other tests of this file used. */
async function reset(person: Person): Promise<void> {
  const user = await userOf(person);
  await user.object.deleteAccount().catch(() => undefined);
}

describe("the return page", () => {
  test("R1 before any webhook: the plan is read, and premium shown at once", async () => {
    const user = await newUser();
    const url = await checkoutUrl(user);
    await pay(url);
    const response = await new Browser().get(successUrl(url));
    expect([response.status, await response.text()]).toEqual([
      200,
      expect.stringContaining("Premium is active"),
    ]);
    expect(await tierOf(user)).toBe("premium");
    expect(response.headers.getSetCookie()).toEqual([]);
  });

  test("R2 the page of another user: no data, no change, never a sign-in", async () => {
    await reset("bob");
    const alice = await newUser();
    const url = await checkoutUrl(alice);
    await pay(url);
    const bob = await signedIn("bob");
    stripe.clearCalls();
    const foreign = await bob.get(successUrl(url));
    expect([foreign.status, await foreign.text()]).toEqual([403, expect.stringContaining("another account")]);
    expect(stripe.calls).toEqual([]);
    // A session id proves nothing, alone or beside a changed user.
    const tampered = new URL(successUrl(url));
    tampered.searchParams.set("user", await idOf("bob"));
    // Nor does the user's own id without our signature, or with one that was changed.
    const unsigned = `/billing/success?user=${alice.userId}`;
    const { searchParams } = new URL(successUrl(url));
    const changed = (searchParams.get("sig") ?? "").replace(/^./, (c) => (c === "A" ? "B" : "A"));
    const ids = [
      `/billing/success?session_id=${sessionOf(url)}`,
      tampered.pathname + tampered.search,
      unsigned,
      `${unsigned}&sig=${changed}`,
    ];
    for (const path of ids) {
      const fresh = new Browser();
      const page = await fresh.get(path);
      expect(await page.text()).not.toContain("Premium is active");
      expect(fresh.cookies.size).toBe(0);
    }
    expect(stripe.calls).toEqual([]);
    expect(await tierOf(await userOf("bob"))).toBe("free");
  });

  test("R3 not paid yet: it says so and asks again, for two minutes at most", async () => {
    const user = await newUser();
    const url = await checkoutUrl(user);
    const browser = new Browser();
    const first = await browser.get(successUrl(url));
    expect(await first.text()).toContain("being confirmed");
    const next = /^3; url=(.*)$/.exec(first.headers.get("refresh") ?? "")?.[1] ?? "";
    expect(new URL(next, ORIGIN).origin).toBe(ORIGIN);
    const reads = callsTo(LIST);
    await browser.get(next);
    expect(callsTo(LIST)).toBe(reads);
    await pay(url);
    travel(3_000);
    expect(await (await browser.get(next)).text()).toContain("Premium is active");
    const last = new URL(successUrl(url));
    last.searchParams.set("n", "40");
    await billingOf(user, (billing) => billing.grantPremium(null));
    await api("DELETE", `/v1/subscriptions/${await subscriptionOf(user)}`);
    travel(3_000);
    expect((await browser.get(last.href)).headers.get("refresh")).toBeNull();
  });

  test("R4 who never comes back is premium by the webhook alone", async () => {
    const user = await newUser();
    await pay(await checkoutUrl(user));
    await deliver();
    expect(await history(user)).toEqual([{ from_tier: "free", to_tier: "premium", why: "active" }]);
  });

  test("who leaves Checkout is told that nothing was bought", async () => {
    const page = await new Browser().get("/billing/cancel");
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining("nothing was charged")]);
  });
});

describe("the plan page", () => {
  test("offers the month and the year, leads to Checkout, and afterwards shows what was bought", async () => {
    await reset("alice");
    const browser = await signedIn("alice");
    const before = await (await browser.get("/account/plan")).text();
    expect(before).toContain("Upgrade: $9.00 a month");
    expect(before).toContain("Upgrade: $90.00 a year");
    expect(before).toMatch(/You made \d+ requests? in the last 60 seconds and \d+ requests? in 30 days/);
    const url = await buyInBrowser(browser);
    expect(url).toMatch(/^https:\/\/api\.stripe\.test\/c\/pay\//);
    await pay(url);
    await loseAll();
    travel(61_000);
    const after = await (await browser.get("/account/plan")).text();
    for (const text of [
      "Your plan: Premium",
      "$9.00 a month",
      "Renews on",
      "Visa ending in 4242",
      "Invoices",
      "paid",
    ]) {
      expect(after).toContain(text);
    }
    const [invoice] = Object.values(stripe.state.test.invoices);
    expect(invoice?.hosted_invoice_url).toMatch(/^https:/);
    expect(after).toContain(`href="${invoice?.hosted_invoice_url}"`);
    const policy = (await browser.get("/account/plan")).headers.get("content-security-policy") ?? "";
    expect(policy).toContain("form-action 'self' https:");
  });

  test("L1 shows when a cancelled subscription ends, L6 that a payment failed, and leads to the portal", async () => {
    await reset("alice");
    const browser = await signedIn("alice");
    await pay(await buyInBrowser(browser));
    await deliver();
    const user = await userOf("alice");
    await api("POST", `/v1/subscriptions/${await subscriptionOf(user)}`, { cancel_at_period_end: "true" });
    await deliver();
    expect(await (await browser.get("/account/plan")).text()).toContain("Ends on");
    const portal = await submit(browser, "/account/plan/portal", { flow: "payment_method_update" });
    expect([portal.status, locationOf(portal).pathname]).toEqual([
      303,
      expect.stringMatching(/^\/p\/session\//),
    ]);
    // Back from the portal the plan is read at once.
    await api("POST", `/v1/subscriptions/${await subscriptionOf(user)}`, { cancel_at_period_end: "false" });
    await loseAll();
    expect(await (await browser.get("/account/plan?from=portal")).text()).toContain("Renews on");
    // Buying again leads to the portal, too.
    expect((await submit(browser, "/account/plan/checkout", { offer: "month" })).status).toBe(303);
    expect(callsTo("POST /v1/checkout/sessions")).toBe(1);
    for (const id of Object.keys(stripe.state.test.payment_methods)) stripe.setCard(id, "declines");
    const { subscription } = await planOf(user);
    travel((subscription?.periodEnd_ms ?? 0) - Date.now() + 2 * 60 * 60_000);
    await deliver();
    const again = await signedIn("alice");
    expect(await (await again.get("/account/plan")).text()).toContain("Your last payment failed");
  });

  test("its forms count only with the token of the session, and only from our pages", async () => {
    await reset("alice");
    const browser = await signedIn("alice");
    const token = await formTokenOf(browser);
    stripe.clearCalls();
    for (const path of ["/account/plan/checkout", "/account/plan/portal"]) {
      expect((await browser.post(path, { offer: "month" })).status).toBe(403);
      const foreign = await browser.post(
        path,
        { offer: "month", form_token: token },
        { "Sec-Fetch-Site": "cross-site" },
      );
      expect(foreign.status).toBe(403);
      expect((await new Browser().post(path, { offer: "month", form_token: token })).status).toBe(303);
    }
    expect(callsTo("POST /v1/checkout/sessions")).toBe(0);
  });

  test("C1 the JSON address takes the account session of our own pages, nobody else's", async () => {
    await reset("alice");
    const browser = await signedIn("alice");
    const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const call = async (headers: Record<string, string>) => {
      const all = { "Content-Type": "application/json", Cookie: cookie, ...headers };
      return worker(
        new Request(`${ORIGIN}/stripe/create-checkout`, { method: "POST", headers: all, body: "{}" }),
      );
    };
    expect((await call({ Origin: "https://evil.example" })).status).toBe(403);
    expect((await call({ "Sec-Fetch-Site": "same-site" })).status).toBe(403);
    expect(stripe.calls).toEqual([]);
    const ours = await call({ Origin: ORIGIN, "Sec-Fetch-Site": "same-origin" });
    expect(Object.keys(await ours.json())).toEqual(["checkout_url"]);
  });

  test("says what Premium adds, by name and example, with price and interval, and cancels in so many words", async () => {
    await reset("alice");
    const browser = await signedIn("alice");
    const html = await (await browser.get("/account/plan")).text();
    expect(html).toContain("<td>$9.00 a month or $90.00 a year</td>");
    for (const { tier, title } of TOOLS) expect([tier, html.includes(title)]).toEqual([tier, true]);
    for (const { ask } of Object.values(PREMIUM_EXAMPLES)) expect(unescapeHtml(html)).toContain(ask);
    await pay(await buyInBrowser(browser));
    await deliver();
    const paid = await (await browser.get("/account/plan")).text();
    expect(paid).toContain("<td>$9.00 a month</td>");
    expect(paid).toContain("Cancel subscription</button>");
    expect(paid).not.toMatch(/>\s*Cancel\s*<\/button>/);
  });

  test("deleting a paid account says before and after what ends, when, and that nothing is paid back", async () => {
    await reset("alice");
    const browser = await signedIn("alice");
    expect(await (await browser.get("/account/delete")).text()).not.toMatch(/subscription|charged/);
    const url = await buyInBrowser(browser);
    expect(await (await browser.get("/account/delete")).text()).toContain(
      "The payment page you opened is closed",
    );
    await pay(url);
    await deliver();
    const html = await (await browser.get("/account/delete")).text();
    const plan = await planOf(await userOf("alice"));
    const renews = new Date(plan.subscription?.periodEnd_ms ?? 0).toISOString();
    expect(html.indexOf("Your subscription ends now")).toBeGreaterThan(0);
    expect(html.indexOf("Your subscription ends now")).toBeLessThan(html.indexOf("Delete everything"));
    for (const part of ["Premium, $9.00 a month", "not charged again", "Nothing is paid back", renews])
      expect(html).toContain(part);
    const done = await submit(browser, "/account/delete", { confirm: "delete my data" });
    expect(await done.text()).toContain("Your subscription has ended: you are not charged again");
    const [subscription] = Object.values(stripe.state.test.subscriptions);
    expect(subscription?.status).toBe("canceled");
  });

  test("while Stripe does not answer the page shows the plan as last known", async () => {
    await reset("alice");
    const browser = await signedIn("alice");
    await pay(await buyInBrowser(browser));
    await deliver();
    travel(120_000);
    stripe.fault({ kind: "status", path: /./, times: 100 });
    const page = await browser.get("/account/plan");
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining("Your plan: Premium")]);
  });
});

describe("upgrade links", () => {
  test("lead their user to the plan page, through the sign-in, and back to it", async () => {
    await reset("alice");
    const user = await userOf("alice");
    const { linkRef } = await planOf(user);
    const browser = new Browser();
    const sentAway = await browser.get(`/account/plan/${linkRef}`);
    expect(sentAway.status).toBe(302);
    const login = await browser.get(sentAway.headers.get("Location") ?? "");
    const html = await login.text();
    expect(hiddenField(html, "next")).toBe(`/account/plan/${linkRef}`);
    const done = await browser.post("/auth/login", {
      state: hiddenField(html, "state"),
      purpose: "account",
      next: hiddenField(html, "next"),
      method: "token",
      api_key: SANDBOX.tokens.alice,
    });
    expect(done.headers.get("Location")).toBe(`/account/plan/${linkRef}`);
    const page = await browser.get(`/account/plan/${linkRef}`);
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining("Upgrade to Premium")]);
  });

  test("a link made for Alice shows Bob nothing to pay: he would pay for her, or she for him", async () => {
    await reset("bob");
    const alice = await newUser();
    const { linkRef } = await planOf(alice);
    const bob = await signedIn("bob");
    const page = await bob.get(`/account/plan/${linkRef}`);
    const html = await page.text();
    expect(page.status).toBe(403);
    expect(html).toContain("another account");
    expect(html).not.toContain("/account/plan/checkout");
    expect(html).not.toContain(alice.userId);
    await subscribe(alice);
    expect(await tierOf(await userOf("bob"))).toBe("free");
  });
});

test("the year on the plan page: shown with its price, charged as shown, and not offered again", async () => {
  await reset("alice");
  const alice = await signedIn("alice");
  const user = await userOf("alice");
  await subscribe(user);
  travel(60_000);
  expect(await (await alice.get("/account/plan")).text()).toContain('href="/account/plan/year"');
  const html = await (await alice.get("/account/plan/year")).text();
  expect(html).toContain("$90.00 a year");
  const [due_now, at_s] = [hiddenField(html, "due_now"), hiddenField(html, "at_s")];
  const wrong = await submit(alice, "/account/plan/year", { due_now: "1", at_s });
  expect(wrong.status).toBe(409);
  const done = await submit(alice, "/account/plan/year", { due_now, at_s });
  expect([done.status, done.headers.get("Location")]).toEqual([303, "/account/plan?done=year"]);
  expect(await planOf(user)).toMatchObject({ tier: "premium", subscription: { interval: "year" } });
  expect(await (await alice.get("/account/plan")).text()).not.toContain("/account/plan/year");
});
