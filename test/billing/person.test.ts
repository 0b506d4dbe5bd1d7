/** The person behind the customer: one trial, and the name and address that Stripe knows. */
import { evictDurableObject } from "cloudflare:test";
import { describe, expect, test } from "vitest";
import { SANDBOX } from "../sandbox/clickup/index.ts";
import { newUser, type TestUser } from "../support/users.ts";
import { buyUrl, configured } from "./other-configuration.ts";
import {
  api,
  checkoutUrl,
  customerOf,
  deliver,
  pay,
  runBillingJob,
  stripe,
  subscribe,
  travel,
  useStripe,
} from "./stripe-world.ts";

useStripe();

const WITH_TRIAL = { rules: { trial_days: 14 } };
const trialSent = () => {
  const data = stripe.calls.findLast((c) => c.operation === "POST /v1/checkout/sessions")?.params[
    "subscription_data"
  ];
  return (data as Record<string, unknown>)["trial_period_days"];
};

describe("S9 a trial is for once", () => {
  test("per ClickUp user: deleting the account and coming back gives no second one", async () => {
    let user = await newUser();
    const { userId } = user;
    await pay(await configured(user, WITH_TRIAL, buyUrl));
    expect(trialSent()).toBe("14");
    await deliver();
    for (let life = 0; life < 3; life++) {
      await user.object.deleteAccount().catch(() => undefined);
      await deliver();
      travel(60_000);
      user = await newUser({ userId });
      await pay(await configured(user, WITH_TRIAL, buyUrl));
      expect(trialSent()).toBeUndefined();
      await deliver();
    }
    const other = await newUser();
    await configured(other, WITH_TRIAL, buyUrl);
    expect(trialSent()).toBe("14");
  });

  test("also when the account is deleted before anything of the trial was read", async () => {
    const user = await newUser();
    await pay(await configured(user, WITH_TRIAL, buyUrl));
    await deliver({ lose: () => true });
    await evictDurableObject(user.object);
    await user.object.deleteAccount().catch(() => undefined);
    travel(60_000);
    const again = await newUser({ userId: user.userId });
    await configured(again, WITH_TRIAL, buyUrl);
    expect(trialSent()).toBeUndefined();
  });
});

describe("S13 name and address", () => {
  const customer = async (user: TestUser) => stripe.state.test.customers[await customerOf(user)];
  const signIn = (user: TestUser, email: string | null, username: string) =>
    user.object.signIn({
      identity: {
        clickupUserId: String(SANDBOX.users.alice),
        username,
        email,
        timeZone: "UTC",
        workspaces: [],
      },
      credential: { kind: "personal", token: SANDBOX.tokens.alice },
    });

  test("changed in ClickUp reach Stripe with the next reading", async () => {
    const user = await newUser();
    await subscribe(user);
    await signIn(user, "alice.new@example.com", "Alice Newname");
    await runBillingJob(user);
    expect(await customer(user)).toMatchObject({ email: "alice.new@example.com", name: "Alice Newname" });
  });

  test("changed by the person at Stripe stay, until ClickUp has something new; no address takes none away", async () => {
    const user = await newUser();
    await subscribe(user);
    await api("POST", `/v1/customers/${await customerOf(user)}`, { email: "invoices@example.com" });
    await deliver();
    await runBillingJob(user);
    expect(await customer(user)).toMatchObject({ email: "invoices@example.com" });
    await signIn(user, null, "Alice Andersson");
    await runBillingJob(user);
    expect(await customer(user)).toMatchObject({ email: "invoices@example.com" });
  });

  test("a lost answer, then another address: one customer, with the new address", async () => {
    const user = await newUser();
    stripe.fault({ kind: "reset", operation: "POST /v1/customers", times: 2, after_effect: true });
    await checkoutUrl(user).catch(() => undefined);
    await signIn(user, "alice.new@example.com", "Alice Newname");
    await checkoutUrl(user);
    await runBillingJob(user);
    const mine = Object.values(stripe.state.test.customers).filter(
      (c) => c.metadata["user_id"] === user.userId,
    );
    expect(mine.map((c) => c.email)).toEqual(["alice.new@example.com"]);
  });
});
