/** Events of customers that are not the user's, however they came to name the user. */
import { expect, test } from "vitest";
import { newUser } from "../support/users.ts";
import { api, billingOf, customerOf, planOf, subscribe, tierOf, useStripe } from "./stripe-world.ts";

useStripe();

test("a user who has a customer keeps it, whatever another customer's event says", async () => {
  const user = await newUser();
  await subscribe(user);
  const mine = await customerOf(user);
  const other = await api<{ id: string }>("POST", "/v1/customers", { "metadata[user_id]": user.userId });
  const event = (id: string, customerId: string) => ({
    id,
    type: "customer.updated",
    created_ms: Date.now(),
    customerId,
    disputeId: null,
  });
  const outcome = await billingOf(user, (billing) => billing.event(event("evt_stranger", other.id)));
  expect(outcome).toBe("ignored");
  expect(await customerOf(user)).toBe(mine);
  expect(await tierOf(user)).toBe("premium");
  expect((await planOf(user)).subscription).not.toBeNull();
  expect(await billingOf(user, (billing) => billing.event(event("evt_mine", mine)))).toBe("done");
});

test("the end of a stranger's subscription ends nothing here", async () => {
  const user = await newUser();
  await subscribe(user);
  const other = await api<{ id: string }>("POST", "/v1/customers", {});
  const deleted = { id: "evt_gone", type: "customer.deleted", created_ms: 1, disputeId: null };
  const gone = { ...deleted, customerId: other.id };
  expect(await billingOf(user, (billing) => billing.event(gone))).toBe("ignored");
  expect(await tierOf(user)).toBe("premium");
});
