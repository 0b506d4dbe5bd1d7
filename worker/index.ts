/** Composition root of the Worker: its HTTP face and the Durable Object class it hosts. */
import { serve } from "./router.tsx";
import type { Bindings } from "./env.ts";

export { UserObject } from "../objects/user.ts";

export default {
  fetch: (request, env, ctx) => serve(request, env, ctx),
} satisfies ExportedHandler<Bindings>;
