import { StripeFault } from "./errors.ts";
import { type Fault, FAULT_KINDS } from "./faults.ts";
import type { StripeSandbox } from "./interface.ts";

const NO_CONTENT = () => new Response(null, { status: 204 });

/**
 * The sandbox's own endpoints, for tests and people that reach it over HTTP: GET health, GET and DELETE calls,
 * POST and DELETE faults, POST reset, GET and PUT snapshot, POST advance {ms}, POST deliver,
 * POST endpoints {url, events, payload, secret}, POST disputes {charge, reason}, POST disputes/close {dispute, outcome},
 * POST cards {payment_method, behaviour}, POST settle {succeeds}; all under /__sandbox/.
 */
export async function control(sandbox: StripeSandbox, request: Request, path: string): Promise<Response> {
  try {
    const sent = request.method === "GET" ? {} : await readJson(request);
    return await run(sandbox, `${request.method} ${path.slice("/__sandbox/".length)}`, sent);
  } catch (error) {
    if (!(error instanceof StripeFault)) throw error;
    return Response.json({ error: error.message }, { status: 400 });
  }
}

async function run(
  sandbox: StripeSandbox,
  operation: string,
  sent: Record<string, unknown>,
): Promise<Response> {
  const word = (name: string) => (sent[name] as string | undefined) ?? "";
  switch (operation) {
    case "GET health":
      return Response.json({
        ok: true,
        now: new Date(sandbox.now_ms()).toISOString(),
        pending: sandbox.pending,
      });
    case "GET calls":
      return Response.json({ calls: sandbox.calls });
    case "DELETE calls":
      sandbox.clearCalls();
      return NO_CONTENT();
    case "POST faults":
      return armFaults(sandbox, sent);
    case "DELETE faults":
      sandbox.clearFaults();
      return NO_CONTENT();
    case "POST reset":
      sandbox.reset();
      return NO_CONTENT();
    case "GET snapshot":
      return Response.json(sandbox.snapshot());
    case "PUT snapshot":
      sandbox.restore(sent);
      return NO_CONTENT();
    case "POST advance": {
      const ms = Number(sent.ms);
      if (!Number.isFinite(ms) || ms < 0)
        return Response.json({ error: "ms must be a number of ms" }, { status: 400 });
      sandbox.advance(ms);
      return Response.json({ now: new Date(sandbox.now_ms()).toISOString() });
    }
    case "POST deliver":
      return Response.json({ delivered: await sandbox.deliver({ force: sent.force === true }) });
    case "POST endpoints": {
      if (!URL.canParse(word("url"))) return Response.json({ error: "url must be a URL" }, { status: 400 });
      return Response.json(sandbox.addEndpoint(sent as never));
    }
    case "POST disputes":
      return Response.json(sandbox.openDispute(word("charge"), word("reason") || undefined));
    case "POST disputes/close":
      return Response.json(sandbox.closeDispute(word("dispute"), word("outcome") === "won" ? "won" : "lost"));
    case "POST cards":
      sandbox.setCard(word("payment_method"), word("behaviour") as "succeeds");
      return NO_CONTENT();
    case "POST settle":
      sandbox.settleAll(sent.succeeds !== false);
      return NO_CONTENT();
    default:
      return Response.json({ error: "unknown control endpoint" }, { status: 404 });
  }
}

async function readJson(request: Request): Promise<Record<string, unknown>> {
  const text = await request.text();
  if (text === "") return {};
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}

function armFaults(sandbox: StripeSandbox, sent: unknown): Response {
  const faults = (Array.isArray(sent) ? sent : [sent]) as Fault[];
  for (const fault of faults) {
    if (!FAULT_KINDS.includes(fault?.kind)) {
      return Response.json({ error: `kind must be one of ${FAULT_KINDS.join(", ")}` }, { status: 400 });
    }
  }
  for (const fault of faults) sandbox.fault(fault);
  return NO_CONTENT();
}
