import { invalid } from "./errors.ts";
import type { CardBehaviour } from "./records.ts";
import type { World } from "./world.ts";

const BEHAVIOURS: Record<"succeeds" | "declines" | "authenticates" | "disputed", CardBehaviour> = {
  succeeds: { kind: "succeeds" },
  declines: { kind: "declines", decline_code: "generic_decline", message: "Your card was declined." },
  authenticates: { kind: "authenticates", authenticated: false },
  disputed: { kind: "disputed", inquiry: false },
};

/** Changes how a payment method behaves from now on, e.g. a card that has run out. */
export function setCard(world: World, id: string, behaviour: keyof typeof BEHAVIOURS): void {
  world.get("payment_methods", id, "payment_method");
  if (!Object.hasOwn(BEHAVIOURS, behaviour)) {
    throw invalid(`behaviour must be one of ${Object.keys(BEHAVIOURS).join(", ")}`, "behaviour");
  }
  world.data.cards[id] = structuredClone(BEHAVIOURS[behaviour]);
}
