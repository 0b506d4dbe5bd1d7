/** Composition root of the Worker: its HTTP face and the Durable Object class it hosts. */
import { UserObject as ObjectOfUser } from "../objects/user.ts";
import { stripePort } from "./billing/port.ts";
import type { Bindings } from "./env.ts";
import { hourly } from "./hourly.ts";
import { serve } from "./router.tsx";

export { Admin } from "./admin.ts";

/** The user's object with its way to Stripe: its alarm needs one too, and `objects/` does not know Stripe. */
export class UserObject extends ObjectOfUser {
  constructor(ctx: DurableObjectState, env: Cloudflare.Env) {
    super(ctx, env, { billing: () => stripePort(env as Bindings) });
  }
}

export default {
  fetch: (request, env, ctx) => serve(request, env, ctx),
  scheduled: (_, env) => hourly(env),
} satisfies ExportedHandler<Bindings>;
