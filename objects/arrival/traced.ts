import { tracing } from "cloudflare:workers";
import type { Meter } from "../record/meter.ts";

/**
 * Serves a request in a span named "mcp" with the request's figures, where the invocation is traced. Where it is not,
 * without one: a span that nobody will see costs about as much as a row of the journal.
 */
export function traced<T>(meter: Meter, serve: () => Promise<T>): Promise<T> {
  if (tracing.getActiveSpan()?.isTraced === false) return serve();
  return tracing.enterSpan("mcp", async (span) => {
    const served = await serve();
    span.setAttributes(meter.attributes());
    return served;
  });
}
