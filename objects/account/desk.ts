/** What the account page asks of a user's object: browsers, settings, usage, the record, a copy of everything. */
import { RpcTarget } from "cloudflare:workers";
import { Activity } from "../record/activity.ts";
import type { Gate } from "../limit/gate.ts";
import type { AuditArchive } from "../record/archive.ts";
import { exportStream } from "./data-export.ts";
import type { Affairs } from "./affairs.ts";
import type {
  AccountDeskRpc,
  AccountView,
  ActivityPage,
  ActivityQuery,
  NewWebSession,
  Preferences,
  RpcResult,
  UsageView,
  WebSessionView,
} from "../rpc/user.ts";
import type { CredentialKind } from "../rpc/views.ts";
import { DumpStore } from "../stores/dump.ts";
import type { JournalStore } from "../stores/journal.ts";
import type { UsageStore } from "../stores/usage.ts";
import type { WebSessionStore } from "../stores/web-sessions.ts";
import { WebSessions } from "./web-sessions.ts";
import type { Tier } from "../../tools/tiers.ts";

/** Days of the usage chart. */
const USAGE_DAYS = 30;

export interface DeskParts {
  userId: string;
  sql: SqlStorage;
  affairs: Affairs;
  gate: Gate;
  archive: AuditArchive;
  stores: { journal: JournalStore; usage: UsageStore; webSessions: WebSessionStore };
  rateLimiting: boolean;
  tier: () => Tier;
  now_ms: () => number;
}

export class AccountDesk extends RpcTarget implements AccountDeskRpc {
  readonly #parts: DeskParts;
  readonly #webSessions: WebSessions;
  readonly #activity: Activity;

  constructor(parts: DeskParts) {
    super();
    this.#parts = parts;
    this.#webSessions = new WebSessions(parts.stores.webSessions, parts.affairs, parts.now_ms);
    this.#activity = new Activity(parts.stores.journal, parts.archive);
  }

  async removeCredential(kind: CredentialKind): Promise<RpcResult<AccountView>> {
    return this.#parts.affairs.removeCredential(kind);
  }

  async setPreferences(preferences: Preferences): Promise<RpcResult<AccountView>> {
    return this.#parts.affairs.setPreferences(preferences);
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
    const { tier: tierNow, gate, stores, rateLimiting, now_ms } = this.#parts;
    const tier = tierNow();
    const { limit, remaining } = gate.status(tier);
    stores.usage.absorb();
    const days = stores.usage.days(USAGE_DAYS, now_ms());
    return { tier, limit: rateLimiting ? limit : null, used: limit - remaining, days };
  }

  async activity(query: ActivityQuery): Promise<RpcResult<ActivityPage>> {
    return this.#activity.page(query);
  }

  async exportData(): Promise<ReadableStream<Uint8Array>> {
    const { userId, sql, affairs, archive, now_ms } = this.#parts;
    affairs.record("account/exported", null, {});
    return exportStream({ userId, dump: new DumpStore(sql), archive, now_ms: now_ms() });
  }
}
