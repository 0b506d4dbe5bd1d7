/**
 * A user's MCP endpoint that serves the fixtures: the stores, gate, record and lanes of the product with
 * another surface. It is reached through the user's own object (`user.ts`), which has checked the device.
 */
import { DurableObject } from "cloudflare:workers";
import { ProtocolError } from "@modelcontextprotocol/server";
import { Lifecycle, type LifecycleJobContext, type LifecycleJobOutcome } from "agents/lifecycle";
import { MIGRATIONS } from "../../../../migrations/index.ts";
import { Gate } from "../../../../objects/limit/gate.ts";
import { Ledger } from "../../../../objects/record/ledger.ts";
import { AuditOutbox } from "../../../../objects/record/outbox.ts";
import { objectConfig } from "../../../../objects/config.ts";
import { Housekeeping } from "../../../../objects/record/housekeeping.ts";
import { logNewFault } from "../../../../objects/log.ts";
import { SessionHub } from "../../../../objects/mcp/hub.ts";
import { Listeners } from "../../../../objects/mcp/listen.ts";
import { ModernLane } from "../../../../objects/mcp/modern.ts";
import { refusalResponse } from "../../../../objects/mcp/responses.ts";
import type { Endpoint } from "../../../../objects/mcp/endpoint.ts";
import { Running } from "../../../../objects/mcp/stop.ts";
import { serveMcp } from "../../../../objects/mcp/serve.ts";
import { LongCalls } from "../../../../objects/mcp/long-calls.ts";
import { migrate } from "../../../../objects/migrate.ts";
import { R2AuditSink } from "../../../../objects/record/r2-sink.ts";
import { ObjectTimer, type After } from "../../../../objects/timer.ts";
import { PRINCIPAL_HEADER, REQUEST_ID_HEADER, type Principal } from "../../../../objects/rpc/user.ts";
import type { NewDevice } from "../../../../objects/rpc/views.ts";
import { ControlLogStore } from "../../../../objects/stores/control-log.ts";
import { DeviceStore } from "../../../../objects/stores/devices.ts";
import { JournalStore } from "../../../../objects/stores/journal.ts";
import { OutboxStore } from "../../../../objects/stores/outbox.ts";
import { SessionStore } from "../../../../objects/stores/sessions.ts";
import { LongCallStore } from "../../../../objects/stores/long-calls.ts";
import { FixtureSurface } from "./surface.ts";

export class FixtureObject extends DurableObject<Cloudflare.Env> {
  readonly #gate: Gate;
  readonly #devices: DeviceStore;
  readonly #endpoint: Endpoint;
  readonly #lifecycle: Lifecycle<Cloudflare.Env>;
  readonly #housekeeping: Housekeeping;

  constructor(ctx: DurableObjectState, env: Cloudflare.Env) {
    super(ctx, env);
    const userId = ctx.id.name ?? "";
    const wall_ms = (): number => Date.now();
    const report = (error: unknown): string => logNewFault(userId, error);
    const timer = new ObjectTimer();
    const after: After = (delay_ms, run) => timer.after(delay_ms, run);
    migrate(ctx.storage, MIGRATIONS, wall_ms());
    const { sql } = ctx.storage;
    const journal = new JournalStore(sql);
    const outbox = new OutboxStore(sql);
    const control = new ControlLogStore(sql);
    this.#devices = new DeviceStore(sql);
    const sink = new R2AuditSink(env.AUDIT_LOGS, after);
    const audit = new AuditOutbox({ journal, outbox, storage: ctx.storage, sink }, userId, wall_ms);
    const stores = { journal, outbox, control, devices: this.#devices };
    this.#gate = new Gate(stores, objectConfig(env), wall_ms, userId);
    this.#lifecycle = new Lifecycle(this);
    this.#housekeeping = new Housekeeping({
      jobs: this.#lifecycle.jobs,
      audit,
      prune: () => this.#endpoint.hub.expire(),
      others: {},
      report,
      now_ms: wall_ms,
    });
    const recorded = (): void => {
      const scheduled = this.#housekeeping.schedule(wall_ms());
      if (scheduled !== undefined) ctx.waitUntil(scheduled);
    };
    const reportProtocol = (error: Error): void => {
      if (!(error instanceof ProtocolError) && !error.message.startsWith("Rejected")) report(error);
    };
    const listeners = new Listeners(ctx);
    const surface = new FixtureSurface(async (change) => {
      listeners.notify(change);
      await this.#endpoint.hub.notifyAll(change);
    });
    const longCalls = new LongCalls(new LongCallStore(sql), wall_ms, (work) => ctx.waitUntil(work), report);
    this.#endpoint = {
      surface,
      ledger: new Ledger({ gate: this.#gate, journal, audit, now_ms: wall_ms, recorded, report }),
      after,
      hub: new SessionHub(ctx, new SessionStore(sql), surface, wall_ms),
      listeners,
      longCalls,
      running: new Running(),
      modern: new ModernLane(surface, longCalls, reportProtocol),
    };
  }

  /** Makes a device of the user's known here. */
  async know(device: NewDevice): Promise<void> {
    if (this.#devices.get(device.deviceId) === undefined) this.#devices.add(device, Date.now());
  }

  override async fetch(request: Request): Promise<Response> {
    const principal = JSON.parse(request.headers.get(PRINCIPAL_HEADER) ?? "null") as Principal | null;
    if (principal === null) throw new Error("the request carries no principal");
    const device = this.#gate.device(principal);
    if (!device.ok) return refusalResponse(device.refusal, null);
    const requestId = request.headers.get(REQUEST_ID_HEADER) ?? crypto.randomUUID();
    const { grant, clientName: client } = device;
    return serveMcp(request, { principal, grant, tier: "free", requestId, client }, this.#endpoint);
  }

  override async alarm(): Promise<void> {
    await this.#lifecycle.alarm();
  }

  /** Called by the lifecycle for each due job. */
  async onJob({ job }: LifecycleJobContext): Promise<LifecycleJobOutcome> {
    return this.#housekeeping.run(job.fn);
  }

  override webSocketClose(socket: WebSocket): void {
    this.#endpoint.hub.disconnected(socket);
  }

  override webSocketError(socket: WebSocket): void {
    this.#endpoint.hub.disconnected(socket);
  }
}
