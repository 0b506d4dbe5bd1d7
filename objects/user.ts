/** Everything one user owns. A thin shell: the class wires stores and lanes; the work is in the files it imports. */
import { DurableObject } from "cloudflare:workers";
import { ProtocolError } from "@modelcontextprotocol/server";
import { Lifecycle, type LifecycleJobContext, type LifecycleJobOutcome } from "agents/lifecycle";
import { MIGRATIONS } from "../migrations/index.ts";
import type { Tier } from "../tools/tiers.ts";
import { Admission } from "./admission.ts";
import { AuditOutbox } from "./audit.ts";
import { ClickUpLink } from "./clickup-link.ts";
import { objectConfig, type ObjectConfig } from "./config.ts";
import { Housekeeping } from "./housekeeping.ts";
import { logFault } from "./log.ts";
import type { Caller } from "./mcp/exchange.ts";
import { SessionHub } from "./mcp/hub.ts";
import { Listeners } from "./mcp/listen.ts";
import { ModernLane } from "./mcp/modern.ts";
import { refusalResponse } from "./mcp/responses.ts";
import { Tasks } from "./mcp/tasks.ts";
import { serveMcp, type Endpoint } from "./mcp/serve.ts";
import { migrate } from "./migrate.ts";
import { Members } from "./members.ts";
import { ProductSurface } from "./product-surface.ts";
import { R2AuditSink } from "./r2-sink.ts";
import {
  PRINCIPAL_HEADER,
  REQUEST_ID_HEADER,
  type AccountView,
  type DeviceView,
  type NewDevice,
  type Principal,
  type RpcResult,
  type SignIn,
  type UserRpc,
} from "./rpc.ts";
import { AccountStore } from "./stores/account.ts";
import { CacheStore } from "./stores/cache.ts";
import { ControlLogStore } from "./stores/control-log.ts";
import { DeviceStore } from "./stores/devices.ts";
import { IdempotencyStore } from "./stores/idempotency.ts";
import { JournalStore } from "./stores/journal.ts";
import { OutboxStore } from "./stores/outbox.ts";
import { SessionStore } from "./stores/sessions.ts";
import { TaskStore } from "./stores/tasks.ts";
import { toolContext } from "./tool-context.ts";
import { openKeyring, Vault } from "./vault.ts";

export class UserObject extends DurableObject<Cloudflare.Env> implements UserRpc {
  readonly #userId: string;
  readonly #config: ObjectConfig;
  readonly #lifecycle: Lifecycle<Cloudflare.Env>;
  readonly #admission: Admission;
  readonly #housekeeping: Housekeeping;
  readonly #members: Members;
  readonly #endpoint: Endpoint;
  #vault: Promise<Vault> | undefined;

  constructor(ctx: DurableObjectState, env: Cloudflare.Env) {
    super(ctx, env);
    const userId = ctx.id.name;
    if (userId === undefined) throw new Error("a user's object is reached by name only");
    this.#userId = userId;
    this.#config = objectConfig(env);
    const wall_ms = (): number => Date.now();
    migrate(ctx.storage, MIGRATIONS, wall_ms());

    const { sql } = ctx.storage;
    const account = new AccountStore(sql);
    const devices = new DeviceStore(sql);
    const journal = new JournalStore(sql);
    const outbox = new OutboxStore(sql);
    const cache = new CacheStore(sql, wall_ms);
    const idempotency = new IdempotencyStore(sql, wall_ms);
    const link = new ClickUpLink(account, () => this.#openVault(), wall_ms);
    const sink = this.#config.auditLogging ? new R2AuditSink(env.AUDIT_LOGS) : null;
    const audit = new AuditOutbox({ journal, outbox, storage: ctx.storage, sink }, userId, wall_ms);
    const control = new ControlLogStore(sql);

    this.#lifecycle = new Lifecycle(this);
    this.#admission = new Admission({ journal, control, devices, outbox }, this.#config, wall_ms);
    this.#housekeeping = new Housekeeping(this.#lifecycle.jobs, audit, () => {
      cache.prune();
      idempotency.prune();
      devices.prune(wall_ms());
      this.#endpoint.hub.expire();
    });
    const recorded = (): void => {
      const scheduled = this.#housekeeping.schedule(wall_ms());
      if (scheduled !== undefined) ctx.waitUntil(scheduled);
    };
    const ledger = { admission: this.#admission, journal, audit, now_ms: wall_ms, recorded };
    this.#members = new Members({ account, devices, link, ledger, tier: () => this.#tier() }, userId);
    const report = (incident: string, error: unknown): void => logFault(incident, userId, error);
    const surface = new ProductSurface((scope) =>
      toolContext(
        { account, link, cache, idempotency, config: this.#config, now_ms: wall_ms, report },
        scope,
      ),
    );
    const reportNew = (error: unknown): string => {
      const incident = crypto.randomUUID();
      report(incident, error);
      return incident;
    };
    // What the SDK refuses is answered to the client and journaled; only its own failures are faults.
    const reportProtocol = (error: Error): void => {
      if (!(error instanceof ProtocolError) && !error.message.startsWith("Rejected")) reportNew(error);
    };
    const keep = (work: Promise<unknown>): void => ctx.waitUntil(work);
    const tasks = new Tasks(new TaskStore(sql), wall_ms, keep, reportNew);
    const hub = new SessionHub(ctx, new SessionStore(sql), surface, wall_ms);
    this.#endpoint = {
      surface,
      ledger,
      hub,
      listeners: new Listeners(ctx),
      report: reportNew,
      modern: new ModernLane(surface, tasks, reportProtocol),
    };
  }

  /** Serves the MCP endpoint. Only the entry Worker can reach this; it sets the principal. */
  override async fetch(request: Request): Promise<Response> {
    const principal = JSON.parse(request.headers.get(PRINCIPAL_HEADER) ?? "null") as Principal | null;
    if (principal === null || principal.userId !== this.#userId) {
      throw new Error("the request carries no principal of this user");
    }
    const device = this.#admission.device(principal);
    if (!device.ok) return refusalResponse(device.refusal, null);
    const caller: Caller = {
      principal,
      grant: device.grant,
      tier: this.#tier(),
      requestId: request.headers.get(REQUEST_ID_HEADER) ?? crypto.randomUUID(),
      client: device.clientName,
    };
    return serveMcp(request, caller, this.#endpoint);
  }

  async signIn(input: SignIn): Promise<RpcResult<AccountView>> {
    return this.#members.signIn(input, "account/sign_in");
  }

  async storeApiKey(input: SignIn): Promise<RpcResult<AccountView>> {
    return this.#members.storeApiKey(input);
  }

  async account(): Promise<RpcResult<AccountView>> {
    return this.#members.account();
  }

  async addDevice(device: NewDevice): Promise<RpcResult<DeviceView>> {
    return this.#members.addDevice(device);
  }

  async devices(): Promise<DeviceView[]> {
    return this.#members.devices();
  }

  async revokeDevice(deviceId: string): Promise<RpcResult<DeviceView>> {
    const revoked = this.#members.revokeDevice(deviceId);
    this.#endpoint.hub.endDevice(deviceId);
    this.#endpoint.listeners.endDevice(deviceId);
    return revoked;
  }

  /** Tells every open session that its list of tools is another one now (plan or grant changed). */
  async toolsChanged(): Promise<void> {
    const change = { method: "notifications/tools/list_changed" };
    this.#endpoint.listeners.notify(change);
    await this.#endpoint.hub.notifyAll(change);
  }

  async deviceActive(deviceId: string): Promise<boolean> {
    return this.#members.deviceActive(deviceId);
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

  /** Read on every call: a change of plan acts on the next one. */
  #tier(): Tier {
    return this.#config.defaultTier;
  }

  #openVault(): Promise<Vault> {
    this.#vault ??= openKeyring(this.#config.encryptionKey, this.#config.encryptionKeysPrevious).then(
      (keyring) => new Vault(keyring, this.#userId),
    );
    return this.#vault;
  }
}
