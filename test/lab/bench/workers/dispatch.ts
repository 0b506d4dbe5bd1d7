/** Our own dispatch without object, authentication and record: what `sdk-per-request.ts` is compared with. */
import type { Gate } from "../../../../objects/limit/gate.ts";
import type { Caller } from "../../../../objects/mcp/exchange.ts";
import type { Endpoint } from "../../../../objects/mcp/endpoint.ts";
import { Running } from "../../../../objects/mcp/stop.ts";
import { serveMcp } from "../../../../objects/mcp/serve.ts";
import type { Surface } from "../../../../objects/mcp/surface.ts";
import { Ledger } from "../../../../objects/record/ledger.ts";
import type { AuditOutbox } from "../../../../objects/record/outbox.ts";
import type { JournalStore } from "../../../../objects/stores/journal.ts";
import { preparedToolList, toolByName } from "../../../../tools/catalog.ts";
import { runTool } from "./tool-run.ts";

const rate = { limit: 500, remaining: 499, reset_ms: 60_000 };
const ledger = new Ledger({
  gate: {
    request: () => ({ ok: true, seq: 1, t_ms: 0, rate }),
    control: () => ({ ok: true }),
  } as unknown as Gate,
  journal: { end: () => undefined } as unknown as JournalStore,
  audit: { begin: () => undefined, end: () => undefined } as unknown as AuditOutbox,
  now_ms: () => Date.now(),
  recorded: () => undefined,
  report: (error) => {
    throw error;
  },
});

const surface = {
  info: { name: "bench", version: "1.0.0" },
  instructions: "",
  capabilities: { tools: {} },
  listTtl_ms: 0,
  tools: ({ tier, grant }) => preparedToolList(tier, grant),
  async callTool(name, args) {
    const tool = toolByName(name);
    return tool === undefined ? undefined : ((await runTool(tool, args)).result as never);
  },
  describeCall: () => ({ tool: null, fields: [], ids: {}, counted: true, writes: false }),
} satisfies Surface as Surface;

const caller: Caller = {
  principal: { userId: "u", deviceId: "d", via: "jwt", clientId: "jwt", scopes: ["clickup:read"] },
  grant: { access: "write", toolSets: null, workspaces: null },
  tier: "premium",
  requestId: "r",
  client: "bench",
};
const endpoint = { surface, ledger, running: new Running() } as unknown as Endpoint;

export default { fetch: (request) => serveMcp(request, caller, endpoint) } satisfies ExportedHandler;
