/** From a request of the operator's tool to a command and its answer. */
import * as z from "zod";
import type { Bindings } from "../env.ts";
import { apiJson } from "../json.ts";
import { logEvent, logIncident } from "../log.ts";
import { deleteUser, exportUser, flush, inspect, limits, revoke, sessions, users } from "./accounts.ts";
import { auditInput, auditOf } from "./audit.ts";
import {
  billingDrift,
  billingEnd,
  billingGrant,
  billingMerge,
  billingNumbers,
  billingReplay,
  billingReport,
  billingResync,
  billingSubscriptions,
  billingUndelivered,
} from "./billing.ts";
import { AdminError, type Command } from "./command.ts";
import { keysRotate, keysStatus } from "./keys.ts";
import { ready } from "./ready.ts";
import { server } from "./server.ts";

const COMMANDS: Readonly<Record<string, Command>> = {
  users,
  inspect,
  limits,
  sessions,
  flush,
  revoke,
  ready,
  server,
  export: exportUser,
  delete: deleteUser,
  audit: async (input, env) => ({ ...(await auditOf(auditInput.parse(input), env)) }),
  "keys/status": keysStatus,
  "keys/rotate": keysRotate,
  "billing/report": billingReport,
  "billing/resync": billingResync,
  "billing/replay": billingReplay,
  "billing/grant": billingGrant,
  "billing/undelivered": billingUndelivered,
  "billing/drift": billingDrift,
  "billing/subscriptions": billingSubscriptions,
  "billing/end": billingEnd,
  "billing/merge": billingMerge,
  "billing/numbers": billingNumbers,
};

/** POST /{command} with JSON input. 400: the operator can fix it; 500: an incident id for the logs. */
export async function runCommand(request: Request, env: Bindings): Promise<Response> {
  const name = new URL(request.url).pathname.slice(1);
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (request.method !== "POST" || command === undefined) {
    const known = Object.keys(COMMANDS).join(", ");
    return apiJson(404, { error: "unknown_command", message: `Commands: ${known}` });
  }
  logEvent("info", "admin", { command: name });
  try {
    const answer = await command(await request.json(), env);
    return answer instanceof ReadableStream
      ? new Response(answer, { headers: { "Content-Type": "application/json" } })
      : Response.json(answer);
  } catch (error) {
    if (error instanceof AdminError) return apiJson(400, { error: "refused", message: error.message });
    if (error instanceof z.ZodError) {
      const faults = error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
      return apiJson(400, { error: "invalid_input", message: faults.join("; ") });
    }
    const incident = logIncident(error, { during: `admin ${name}` });
    return apiJson(500, {
      error: "internal_error",
      message: `Something broke. Incident ${incident}`,
      incident,
    });
  }
}
