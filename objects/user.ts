/** Everything one user owns. A thin shell: the class wires stores and lanes; the work is in the files it imports. */
import { DurableObject } from "cloudflare:workers";
import { ProtocolError } from "@modelcontextprotocol/server";
import { Lifecycle, type LifecycleJobContext, type LifecycleJobOutcome } from "agents/lifecycle";
import { MIGRATIONS } from "../migrations/index.ts";
import { changedUris } from "../tools/resources.ts";
import type { Tier } from "../tools/tiers.ts";
import { AccountDesk } from "./account/desk.ts";
import { Gate } from "./limit/gate.ts";
import { AuditArchive } from "./record/archive.ts";
import { AuditOutbox } from "./record/outbox.ts";
import { Billing, BILLING_JOB, type BillingInternals } from "./billing/billing.ts";
import type { BillingPort } from "./billing/billing-port.ts";
import type { TierChange } from "./stores/entitlement.ts";
import { ClickUpLink } from "./secrets/clickup-link.ts";
import { objectConfig, type ObjectConfig } from "./config.ts";
import { Housekeeping } from "./record/housekeeping.ts";
import { logFault, logNewFault } from "./log.ts";
import type { Caller } from "./mcp/exchange.ts";
import { SessionHub } from "./mcp/hub.ts";
import { Listeners, type Change } from "./mcp/listen.ts";
import { ModernLane } from "./mcp/modern.ts";
import { refusalResponse, withErrorId } from "./mcp/responses.ts";
import { LongCalls } from "./mcp/long-calls.ts";
import { answerDirect } from "./mcp/direct.ts";
import { endDevice, notify, type Endpoint } from "./mcp/endpoint.ts";
import { Running } from "./mcp/stop.ts";
import { serveMcp } from "./mcp/serve.ts";
import { migrate } from "./migrate.ts";
import { Affairs } from "./account/affairs.ts";
import { Ledger } from "./record/ledger.ts";
import { Meter } from "./record/meter.ts";
import { openStores, pruneStores } from "./open-stores.ts";
import { Operator } from "./account/operator.ts";
import { Paywall } from "./product/paywall.ts";
import { Principals } from "./account/principals.ts";
import { ProductResources } from "./product/resources.ts";
import { ProductSurface } from "./product/surface.ts";
import { R2AuditSink } from "./record/r2-sink.ts";
import { Removal } from "./account/removal.ts";
import { mayBeRepeated, notRepeatedResponse } from "./arrival/repeat.ts";
import { RequestStates } from "./secrets/request-state.ts";
import type { BillingRpc } from "./rpc/billing.ts";
import {
  FIGURES_HEADER,
  PRINCIPAL_HEADER,
  REPEAT_HEADER,
  REQUEST_ID_HEADER,
  type AccountDeskRpc,
  type AccountView,
  type DeviceChange,
  type DirectAnswer,
  type DirectPost,
  type Principal,
  type RequestFigures,
  type RpcResult,
  type SignIn,
  type UserRpc,
} from "./rpc/user.ts";
import type { DeviceView, NewDevice } from "./rpc/views.ts";
import type { OperatorRpc } from "./rpc/operator.ts";
import { callsWritingTool, insufficientScopeResponse, tokenMayLess } from "./arrival/step-up.ts";
import { traced } from "./arrival/traced.ts";
import { ObjectTimer, type After } from "./timer.ts";
import { toolContext, type ContextFactory } from "./product/tool-context.ts";
import { openKeyring, Vault } from "./secrets/vault.ts";

/** What is beyond an object's reach and handed to it by the Worker that hosts it. */
export interface Outside {
  /** The way to the payment provider; `null` while billing is off. */
  billing(): BillingPort | null;
}

export class UserObject extends DurableObject<Cloudflare.Env> implements UserRpc {
  readonly #userId: string;
  readonly #principals: Principals;
  readonly #config: ObjectConfig;
  readonly #lifecycle: Lifecycle<Cloudflare.Env>;
  readonly #gate: Gate;
  readonly #housekeeping: Housekeeping;
  readonly #affairs: Affairs;
  readonly #endpoint: Endpoint;
  readonly #desk: AccountDesk;
  readonly #removal: Removal;
  readonly #billing: Billing;
  readonly #plan: BillingInternals;
  readonly #paywall: Paywall;
  readonly #operator: Operator;
  #vault: Promise<Vault> | undefined;

  constructor(ctx: DurableObjectState, env: Cloudflare.Env, outside: Outside = { billing: () => null }) {
    super(ctx, env);
    const userId = ctx.id.name;
    if (userId === undefined) throw new Error("a user's object is reached by name only");
    this.#userId = userId;
    this.#principals = new Principals(userId);
    this.#config = objectConfig(env);
    const wall_ms = (): number => Date.now();
    const report = (incident: string, error: unknown): void => logFault(incident, userId, error);
    const reportNew = (error: unknown): string => logNewFault(userId, error);
    const timer = new ObjectTimer();
    const after: After = (delay_ms, run) => timer.after(delay_ms, run);
    const schema = migrate(ctx.storage, MIGRATIONS, wall_ms());

    const { storage } = ctx;
    const { sql } = storage;
    const stores = openStores(sql, wall_ms);
    const { account, devices, journal, outbox, cache, idempotency, control, sessions } = stores;
    const link = new ClickUpLink(account, () => this.#openVault(), wall_ms, after);
    const sink = this.#config.auditLogging ? new R2AuditSink(env.AUDIT_LOGS, after) : null;
    const beforeRelease = (): void => stores.usage.absorb();
    const audit = new AuditOutbox({ journal, outbox, storage, sink, beforeRelease }, userId, wall_ms);

    this.#lifecycle = new Lifecycle(this);
    this.#gate = new Gate({ journal, control, devices, outbox }, this.#config, wall_ms, userId);
    const prune = (): void => {
      this.#affairs.endExpired();
      pruneStores(stores, wall_ms());
      this.#endpoint.hub.expire();
    };
    this.#housekeeping = new Housekeeping({
      jobs: this.#lifecycle.jobs,
      audit,
      prune,
      others: { [BILLING_JOB]: () => this.#plan.runJob() },
      report: reportNew,
      now_ms: wall_ms,
    });
    const recorded = (): void => {
      const scheduled = this.#housekeeping.schedule(wall_ms());
      if (scheduled !== undefined) ctx.waitUntil(scheduled);
    };
    const kept = { gate: this.#gate, journal, audit };
    const ledger = new Ledger({ ...kept, now_ms: wall_ms, recorded, report: reportNew });
    this.#affairs = new Affairs(
      {
        account,
        devices,
        link,
        ledger,
        tier: () => this.#tier(),
        ended: (id) => endDevice(this.#endpoint, id),
      },
      userId,
    );
    const affairs = this.#affairs;
    const archive = new AuditArchive(env.AUDIT_LOGS, userId);
    this.#desk = new AccountDesk({
      userId,
      sql,
      affairs,
      gate: this.#gate,
      archive,
      stores,
      rateLimiting: this.#config.rateLimiting,
      tier: () => this.#tier(),
      now_ms: wall_ms,
    });
    this.#billing = new Billing({
      userId,
      sql,
      account,
      port: () => outside.billing(),
      rules: {
        billing: this.#config.billing.enabled,
        grace_ms: this.#config.billing.grace_ms,
        trial_days: this.#config.billing.trial_days,
        defaultTier: this.#config.defaultTier,
      },
      now_ms: wall_ms,
      changed: (change) => this.#tierChanged(change),
      plan: (at_ms) => ctx.waitUntil(this.#housekeeping.plan(BILLING_JOB, at_ms)),
    });
    this.#plan = Billing.internals(this.#billing);
    const removal = { affairs, audit, archive, storage: ctx.storage };
    this.#removal = new Removal(removal, [this.#plan.removal]);
    const states = new RequestStates(this.#config.encryptionKey, userId, cache);
    const context: ContextFactory = (scope) =>
      toolContext(
        { account, link, cache, idempotency, config: this.#config, states, now_ms: wall_ms, after, report },
        scope,
      );
    this.#paywall = new Paywall({
      publicUrl: this.#config.publicUrl,
      linkRef: () => this.#plan.linkRef(),
      waits: stores.paywallWaits,
      states,
      now_ms: wall_ms,
    });
    const workspaces = () => account.read()?.workspaces ?? [];
    const surface = new ProductSurface({
      context,
      states,
      resources: new ProductResources(context, this.#paywall, { gate: this.#gate, journal, workspaces }),
      changed: (targets) => this.#resourcesChanged(targets, workspaces()),
      paywall: this.#paywall,
    });
    // What the SDK refuses is answered to the client and journaled; only its own failures are faults.
    const reportProtocol = (error: Error): void => {
      if (!(error instanceof ProtocolError) && !error.message.startsWith("Rejected")) reportNew(error);
    };
    const longCalls = new LongCalls(stores.longCalls, wall_ms, (work) => ctx.waitUntil(work), reportNew);
    const hub = new SessionHub(ctx, sessions, surface, wall_ms);
    this.#operator = new Operator({
      userId,
      schema,
      storage: ctx.storage,
      stores: { account, sessions, journal, outbox },
      affairs,
      audit,
      gate: this.#gate,
      vault: () => this.#openVault(),
      tier: () => this.#tier(),
      now_ms: wall_ms,
    });
    this.#endpoint = {
      surface,
      ledger,
      after,
      hub,
      longCalls,
      running: new Running(),
      listeners: new Listeners(ctx),
      modern: new ModernLane(surface, longCalls, reportProtocol),
    };
    // What an earlier life left in the journal leaves for R2, whatever it is that woke this one.
    recorded();
  }

  /** Serves the MCP endpoint. Only the entry Worker can reach this; it sets the principal. */
  override async fetch(request: Request): Promise<Response> {
    return withErrorId(request, await this.#serve(request));
  }

  async #serve(request: Request): Promise<Response> {
    const principal = this.#principals.read(request.headers.get(PRINCIPAL_HEADER) ?? undefined);
    if (request.headers.has(REPEAT_HEADER) && !(await mayBeRepeated(request))) return notRepeatedResponse();
    const device = this.#gate.device(principal);
    if (!device.ok) return refusalResponse(device.refusal, null);
    if (tokenMayLess(principal, device.device) && (await callsWritingTool(request))) {
      const control = this.#gate.control(this.#tier());
      return control.ok ? insufficientScopeResponse() : refusalResponse(control.refusal, null);
    }
    const meter = new Meter();
    const requestId = request.headers.get(REQUEST_ID_HEADER) ?? crypto.randomUUID();
    const caller = this.#caller(principal, device, requestId, meter);
    const answer = await traced(meter, () => serveMcp(request, caller, this.#endpoint));
    answer.headers.set(FIGURES_HEADER, this.#figures(principal, meter));
    return answer;
  }

  /** As `fetch`, for what needs no stream. */
  async post(post: DirectPost): Promise<DirectAnswer | null> {
    const principal = this.#principals.read(post.principal);
    const device = this.#gate.device(principal);
    if (!device.ok || tokenMayLess(principal, device.device)) return null;
    const meter = new Meter();
    const caller = this.#caller(principal, device, post.requestId, meter);
    const answer = await traced(meter, () => answerDirect(post, caller, this.#endpoint));
    return answer === undefined ? null : { ...answer, figures: this.#figures(principal, meter) };
  }

  #caller(
    principal: Principal,
    { grant, clientName: client }: { grant: Caller["grant"]; clientName: string },
    requestId: string,
    meter: Meter,
  ): Caller {
    return { principal, meter, grant, tier: this.#tier(), requestId, client };
  }

  /** JSON, as they leave. */
  #figures(principal: Principal, meter: Meter): string {
    return JSON.stringify({
      user: this.#userId,
      device: principal.deviceId,
      ...meter.read(),
      outboxDepth: this.#endpoint.ledger.depth,
    } satisfies RequestFigures);
  }

  async signIn(input: SignIn): Promise<RpcResult<AccountView>> {
    return this.#affairs.signIn(input, "account/sign_in").finally(() => this.#plan.identityChanged());
  }

  async storeApiKey(input: SignIn): Promise<RpcResult<AccountView>> {
    return this.#affairs.storeApiKey(input);
  }

  async account(): Promise<RpcResult<AccountView>> {
    return this.#affairs.account();
  }

  async addDevice(device: NewDevice): Promise<RpcResult<DeviceView>> {
    return this.#affairs.addDevice(device);
  }

  async devices(): Promise<DeviceView[]> {
    return this.#affairs.devices();
  }

  async revokeDevice(deviceId: string): Promise<RpcResult<DeviceView>> {
    return this.#affairs.revokeDevice(deviceId);
  }

  /** Tells every open session that its lists are others now: both, where plan or grant changed. */
  async toolsChanged(lists: readonly ("tools" | "prompts")[] = ["tools"]): Promise<void> {
    for (const list of lists) await this.#notify({ method: `notifications/${list}/list_changed` });
  }

  async deviceActive(deviceId: string): Promise<boolean> {
    return this.#affairs.deviceActive(deviceId);
  }

  async activeDevice(deviceId: string): Promise<DeviceView | null> {
    return this.#affairs.activeDevice(deviceId);
  }

  async changeDevice(deviceId: string, change: DeviceChange): Promise<RpcResult<DeviceView>> {
    const changed = this.#affairs.changeDevice(deviceId, change);
    if (changed.ok) await this.toolsChanged(["tools", "prompts"]);
    return changed;
  }

  desk(): AccountDeskRpc {
    return this.#desk;
  }

  billing(): BillingRpc {
    return this.#billing;
  }

  operator(): OperatorRpc {
    return this.#operator;
  }

  async deleteAccount(): Promise<RpcResult<null>> {
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
    return this.#plan.standing().tier;
  }

  #tierChanged({ from, to, why, eventId }: TierChange): void {
    const event: Record<string, string> = eventId === null ? {} : { stripe_event: eventId };
    this.#affairs.record("billing/tier_changed", null, { from, to, why, ...event });
    this.ctx.waitUntil(this.toolsChanged(["tools", "prompts"]));
    if (to === "premium") this.ctx.waitUntil(this.#paywall.lifted(this.#endpoint.hub));
  }

  /** Tells clients that subscribed to what a tool has just changed. */
  #resourcesChanged(targets: ReadonlySet<string>, workspaces: readonly { id: string }[]): void {
    for (const uri of changedUris(targets, workspaces)) {
      this.ctx.waitUntil(this.#notify({ method: "notifications/resources/updated", params: { uri } }));
    }
  }

  async #notify(change: Change): Promise<void> {
    this.#affairs.endExpired();
    await notify(this.#endpoint, change);
  }

  #openVault(): Promise<Vault> {
    this.#vault ??= openKeyring(this.#config.encryptionKey, this.#config.encryptionKeysPrevious).then(
      (keyring) => new Vault(keyring, this.#userId),
    );
    return this.#vault;
  }
}
