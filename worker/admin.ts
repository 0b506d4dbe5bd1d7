/**
 * The operator's way in. It has no public route: only a service binding to this entrypoint reaches it, and only
 * who can deploy to the Cloudflare account can make one. `npm run admin` does; see docs/operating.md.
 */
import { WorkerEntrypoint } from "cloudflare:workers";
import { runCommand } from "./admin/run.ts";
import type { Bindings } from "./env.ts";

export class Admin extends WorkerEntrypoint<Bindings> {
  override fetch(request: Request): Promise<Response> {
    return runCommand(request, this.env);
  }
}
