/** Everything one user owns. A thin shell: the class wires stores and lanes; the work is in the files it imports. */
import { DurableObject } from "cloudflare:workers";
import { ProtocolError } from "@modelcontextprotocol/server";
import { Lifecycle, type LifecycleJobContext, type LifecycleJobOutcome } from "agents/lifecycle";
import { MIGRATIONS } from "../migrations/index.ts";
import { changedUri } from "../tools/resources.ts";
import type { Tier } from "../tools/tiers.ts";
import { Activity } from "./activity.ts";
import { Admission } from "./admission.ts";
import { AuditArchive } from "./archive.ts";
import { AuditOutbox, type AuditSink } from "./audit.ts";
import { ClickUpLink } from "./clickup-link.ts";
import { objectConfig, type ObjectConfig } from "./config.ts";
import { exportStream } from "./data-export.ts";
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
import { ProductResources } from "./product-resources.ts";
import { ProductSurface, type ContextFactory } from "./product-surface.ts";
import { R2AuditSink } from "./r2-sink.ts";
import { Removal } from "./removal.ts";
import { RequestStates } from "./request-state.ts";
import {
  PRINCIPAL_HEADER,
  REQUEST_ID_HEADER,
  type AccountView,
  type ActivityPage,
  type ActivityQuery,
  type CredentialKind,
  type DeviceChange,
  type DeviceView,
  type NewDevice,
  type NewWebSession,
  type Preferences,
  type Principal,
  type RpcResult,
  type SignIn,
  type UsageView,
  type UserRpc,
  type WebSessionView,
} from "./rpc.ts";
import { callsWritingTool, insufficientScopeResponse, isNarrowed } from "./step-up.ts";
import { AccountStore } from "./stores/account.ts";
import { CacheStore } from "./stores/cache.ts";
import { ControlLogStore } from "./stores/control-log.ts";
import { DeviceStore } from "./stores/devices.ts";
import { DumpStore } from "./stores/dump.ts";
import { IdempotencyStore } from "./stores/idempotency.ts";
import { JournalStore } from "./stores/journal.ts";
import { OutboxStore } from "./stores/outbox.ts";
import { SessionStore } from "./stores/sessions.ts";
import { TaskStore } from "./stores/tasks.ts";
import { UsageStore } from "./stores/usage.ts";
import { WebSessionStore } from "./stores/web-sessions.ts";
import { toolContext } from "./tool-context.ts";
import { openKeyring, Vault } from "./vault.ts";
import { WebSessions } from "./web-sessions.ts";

/** Days of the usage chart. */
const USAGE_DAYS = 30;

export class UserObject extends DurableObject<Cloudflare.Env> implements UserRpc {
  readonly #userId: string;
  readonly #config: ObjectConfig;
  readonly #lifecycle: Lifecycle<Cloudflare.Env>;
  readonly #admission: Admission;
  readonly #housekeeping: Housekeeping;
  readonly #members: Members;
  readonly #endpoint: Endpoint;
  readonly #webSessions: WebSessions;
  readonly #usage: UsageStore;
  readonly #archive: AuditArchive;
  readonly #activity: Activity;
  readonly #removal: Removal;
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
    this.#usage = new UsageStore(sql);
    const r2 = this.#config.auditLogging ? new R2AuditSink(env.AUDIT_LOGS) : null;
    // Rows are forgotten once they are stored: what they count for is taken down before.
    const sink: AuditSink | null = r2 && {
      put: (key, body, sha256) => {
        this.#usage.absorb();
        return r2.put(key, body, sha256);
      },
    };
    const audit = new AuditOutbox({ journal, outbox, storage: ctx.storage, sink }, userId, wall_ms);
    const control = new ControlLogStore(sql);

    this.#lifecycle = new Lifecycle(this);
    this.#admission = new Admission({ journal, control, devices, outbox }, this.#config, wall_ms);
    this.#housekeeping = new Housekeeping(this.#lifecycle.jobs, audit, () => {
      this.#usage.absorb();
      this.#usage.prune(wall_ms());
      this.#webSessions.prune();
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
    const members = this.#members;
    this.#webSessions = new WebSessions(new WebSessionStore(sql), members, wall_ms);
    this.#archive = new AuditArchive(env.AUDIT_LOGS, userId);
    this.#activity = new Activity(journal, this.#archive);
    this.#removal = new Removal({ members, audit, archive: this.#archive, storage: ctx.storage });
    const report = (incident: string, error: unknown): void => logFault(incident, userId, error);
    const states = new RequestStates(this.#config.encryptionKey, userId, cache);
    const context: ContextFactory = (scope) =>
      toolContext(
        { account, link, cache, idempotency, config: this.#config, states, now_ms: wall_ms, report },
        scope,
      );
    const workspaces = () => account.read()?.workspaces ?? [];
    const surface = new ProductSurface({
      context,
      states,
      resources: new ProductResources(context, { admission: this.#admission, journal, workspaces }),
      changed: (targets) => this.#resourcesChanged(targets, workspaces()),
    });
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
    if (isNarrowed(principal, this.#members.activeDevice(principal.deviceId))) {
      if (await callsWritingTool(request)) {
        const control = this.#admission.control(this.#tier());
        return control.ok ? insufficientScopeResponse() : refusalResponse(control.refusal, null);
      }
    }
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
    await this.#notify({ method: "notifications/tools/list_changed" });
  }

  async deviceActive(deviceId: string): Promise<boolean> {
    return this.#members.deviceActive(deviceId);
  }

  async activeDevice(deviceId: string): Promise<DeviceView | null> {
    return this.#members.activeDevice(deviceId);
  }

  async changeDevice(deviceId: string, change: DeviceChange): Promise<RpcResult<DeviceView>> {
    const changed = this.#members.changeDevice(deviceId, change);
    if (changed.ok) await this.toolsChanged();
    return changed;
  }

  async removeCredential(kind: CredentialKind): Promise<RpcResult<AccountView>> {
    return this.#members.removeCredential(kind);
  }

  async setPreferences(preferences: Preferences): Promise<RpcResult<AccountView>> {
    return this.#members.setPreferences(preferences);
  }

  async openWebSession(session: NewWebSession): Promise<RpcResult<WebSessionView>> {
    return this.#webSessions.open(session);
  }

  async webSession(sessionId: string): Promise<{ account: AccountView; session: WebSessionView } | null> {
    return this.#webSessions.account(sessionId);
  }

  async webSessions(): Promise<WebSessionView[]> {
    return this.#webSessions.list();
  }

  async closeWebSession(sessionId: string): Promise<void> {
    this.#webSessions.close(sessionId);
  }

  async closeWebSessions(): Promise<void> {
    this.#webSessions.closeAll();
  }

  async usage(): Promise<UsageView> {
    const tier = this.#tier();
    const { limit, remaining } = this.#admission.status(tier);
    this.#usage.absorb();
    const days = this.#usage.days(USAGE_DAYS, Date.now());
    return { tier, limit: this.#config.rateLimiting ? limit : null, used: limit - remaining, days };
  }

  async activity(query: ActivityQuery): Promise<RpcResult<ActivityPage>> {
    return this.#activity.page(query);
  }

  async exportData(): Promise<ReadableStream<Uint8Array>> {
    this.#members.record("account/exported", null, {});
    const dump = new DumpStore(this.ctx.storage.sql);
    return exportStream({ userId: this.#userId, dump, archive: this.#archive, now_ms: Date.now() });
  }

  async deleteAccount(): Promise<RpcResult<null>> {
    for (const device of this.#members.devices()) await this.revokeDevice(device.deviceId);
    const removed = await this.#removal.run();
    // What is in memory belongs to tables that are gone.
    if (removed.ok) this.ctx.abort("the account was removed");
    return removed;
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

  /** Tells clients that subscribed to what a tool has just changed. */
  #resourcesChanged(targets: ReadonlySet<string>, workspaces: readonly { id: string }[]): void {
    const uris = new Set(
      [...targets].flatMap((target) => {
        const [kind = "", id = ""] = target.split(":");
        return workspaces.flatMap((w) => changedUri(w.id, kind, id) ?? []);
      }),
    );
    for (const uri of uris) {
      this.ctx.waitUntil(this.#notify({ method: "notifications/resources/updated", params: { uri } }));
    }
  }

  async #notify(change: { method: string; params?: Record<string, unknown> }): Promise<void> {
    this.#endpoint.listeners.notify(change);
    await this.#endpoint.hub.notifyAll(change);
  }

  #openVault(): Promise<Vault> {
    this.#vault ??= openKeyring(this.#config.encryptionKey, this.#config.encryptionKeysPrevious).then(
      (keyring) => new Vault(keyring, this.#userId),
    );
    return this.#vault;
  }
}
