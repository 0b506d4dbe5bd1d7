/** Billing's API and Stripe's events: signed and odd, unsigned, cut. */
import fc from "fast-check";
import type { Case } from "../case.ts";
import { bodyOf, headerText, mostly, mutated, strangeText, type Json } from "../strange.ts";

const TYPES = [
  "customer.subscription.updated",
  "customer.subscription.deleted",
  "checkout.session.completed",
  "invoice.paid",
  "charge.dispute.created",
  "charge.dispute.closed",
  "customer.deleted",
  "radar.early_fraud_warning.created",
  "made.up",
];

/** Events of the other mode are not ours. */
const mostlyFalse = fc.constantFrom(false, false, false, true);

const event: fc.Arbitrary<Json> = fc
  .tuple(
    fc.constantFrom(...TYPES),
    fc.oneof(fc.constantFrom<Json>("cus_1", "{{customer}}", null), strangeText),
    strangeText,
    mostlyFalse,
  )
  .map(([type, customer, more, live]): Json => ({
    id: "{{event}}",
    object: "event",
    type,
    livemode: live,
    created: 1_772_000_000,
    api_version: "2026-10-28.endive",
    data: {
      object: {
        id: type.startsWith("customer") ? "sub_1" : "x_1",
        object: type.split(".")[0] ?? "",
        customer,
        charge: "ch_1",
        metadata: { user_id: "{{user}}", more },
        status: "active",
      },
    },
  }));
const thin: fc.Arbitrary<Json> = fc.constantFrom<Json>(
  {
    id: "{{event}}",
    object: "v2.core.event",
    type: "v2.core.x",
    livemode: false,
    related_object: { id: "sub_1", type: "subscription", url: "/v1/x" },
  },
  { id: "{{event}}", object: "v2.core.event" },
);

const signature = fc.oneof(
  { weight: 6, arbitrary: fc.constant("{{signature}}") },
  fc.constantFrom(
    "",
    "t=1,v1=00",
    "t=,v1=",
    "v1=abc",
    "t=99999999999,v1=zz",
    "t=1e9,v1=00,v0=11",
    `t=1,${"v1=00,".repeat(500)}`,
  ),
  headerText,
);

const webhook = fc
  .tuple(
    bodyOf(mutated(fc.oneof({ weight: 4, arbitrary: event }, thin))),
    signature,
    mostly("POST", "GET", "PUT"),
  )
  .map(([body, header, method]): Case => ({
    method,
    path: "/stripe/webhook",
    headers: [
      ["Content-Type", "application/json"],
      ["Stripe-Signature", header],
    ],
    body,
  }));

const api = fc
  .tuple(
    fc.constantFrom("/stripe/create-checkout", "/stripe/create-portal-session"),
    bodyOf(
      mutated(
        fc.record({
          interval: fc.constantFrom("month", "year"),
          return_url: fc.constantFrom(
            "https://mcp.test/account",
            "https://evil.example",
            "javascript:alert(1)",
            "/x",
            "https://mcp.test@evil.example",
          ),
        }),
      ),
    ),
    fc.constantFrom<[string, string][]>(
      [["Authorization", "Bearer {{bearer}}"]],
      [["Authorization", "Bearer {{bearer}}"]],
      [["Cookie", "{{cookie}}"]],
      [
        ["Cookie", "{{cookie}}"],
        ["Origin", "https://evil.example"],
      ],
      [],
    ),
  )
  .map(([path, body, who]): Case => ({
    method: "POST",
    path,
    headers: [["Content-Type", "application/json"], ...who],
    body,
  }));

const apiKey = bodyOf(
  mutated(fc.record({ api_key: fc.constantFrom("{{token}}", "pk_1_x"), clickup_api_key: strangeText })),
).map((body): Case => ({
  method: "POST",
  path: "/auth/api-key",
  headers: [
    ["Content-Type", "application/json"],
    ["Authorization", "Bearer {{bearer}}"],
  ],
  body,
}));

export const billing: fc.Arbitrary<Case> = fc.oneof(webhook, webhook, api, apiKey);
