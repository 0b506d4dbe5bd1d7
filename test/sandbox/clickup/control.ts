import type { Fault } from "./faults.ts";
import type { ClickUpSandbox } from "./interface.ts";

/**
 * The sandbox's own endpoints, for tests that reach it over HTTP: GET /__sandbox/health, GET and DELETE
 * /__sandbox/calls, GET /__sandbox/violations, POST and DELETE /__sandbox/faults, POST /__sandbox/reset,
 * POST /__sandbox/revoke {token}, GET and PUT /__sandbox/snapshot.
 */
export async function control(sandbox: ClickUpSandbox, request: Request, path: string): Promise<Response> {
  switch (`${request.method} ${path.slice("/__sandbox/".length)}`) {
    case "GET health":
      return Response.json({ ok: true, tasks: Object.keys(sandbox.state.data.tasks).length });
    case "GET calls":
      return Response.json({ calls: sandbox.calls });
    case "DELETE calls":
      sandbox.clearCalls();
      return new Response(null, { status: 204 });
    case "GET violations":
      return Response.json({ violations: sandbox.violations });
    case "POST faults":
      return armFaults(sandbox, await readJson(request));
    case "DELETE faults":
      sandbox.clearFaults();
      return new Response(null, { status: 204 });
    case "POST reset":
      sandbox.reset();
      return new Response(null, { status: 204 });
    case "POST revoke":
      return revoke(sandbox, await readJson(request));
    case "GET snapshot":
      return Response.json(sandbox.snapshot());
    case "PUT snapshot":
      sandbox.restore(await readJson(request));
      return new Response(null, { status: 204 });
    default:
      return Response.json({ error: "unknown control endpoint" }, { status: 404 });
  }
}

async function readJson(request: Request): Promise<unknown> {
  try {
    return await request.json();
  } catch {
    return undefined;
  }
}

const KINDS = ["status", "rate_limited", "html", "truncated", "timeout", "reset", "slow"];

function armFaults(sandbox: ClickUpSandbox, sent: unknown): Response {
  const faults = (Array.isArray(sent) ? sent : [sent]) as Fault[];
  for (const fault of faults) {
    if (!KINDS.includes(fault?.kind)) {
      return Response.json({ error: `kind must be one of ${KINDS.join(", ")}` }, { status: 400 });
    }
  }
  for (const fault of faults) sandbox.fault(fault);
  return new Response(null, { status: 204 });
}

function revoke(sandbox: ClickUpSandbox, sent: unknown): Response {
  const { token } = (sent ?? {}) as { token?: string };
  const record = sandbox.state.data.tokens[token ?? ""];
  if (record === undefined) return Response.json({ error: "unknown token" }, { status: 404 });
  record.revoked = true;
  return new Response(null, { status: 204 });
}
