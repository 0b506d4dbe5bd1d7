/**
 * What an operator may see and do in a user's object. Reached through the Worker's `Admin` entrypoint only; ids,
 * counts and times, never a secret: no token, no envelope, no session id.
 */
import { RpcTarget } from "cloudflare:workers";
import type { Gate } from "../limit/gate.ts";
import type { AuditOutbox } from "../record/outbox.ts";
import type { Affairs } from "./affairs.ts";
import { fromJournal } from "../record/activity.ts";
import type { AuditHead, Inspection, KeyRotation, OperatorRpc } from "../rpc/operator.ts";
import type { AccountStore } from "../stores/account.ts";
import type { JournalStore } from "../stores/journal.ts";
import type { OutboxStore } from "../stores/outbox.ts";
import type { SessionStore } from "../stores/sessions.ts";
import type { Tier } from "../../tools/tiers.ts";
import { envelopeKid, VaultError, type Vault } from "../secrets/vault.ts";

export interface OperatorParts {
  userId: string;
  /** Version of the database's shape. */
  schema: number;
  storage: DurableObjectStorage;
  stores: { account: AccountStore; sessions: SessionStore; journal: JournalStore; outbox: OutboxStore };
  affairs: Affairs;
  audit: AuditOutbox;
  gate: Gate;
  vault: () => Promise<Vault>;
  tier: () => Tier;
  now_ms: () => number;
}

export class Operator extends RpcTarget implements OperatorRpc {
  readonly #parts: OperatorParts;

  constructor(parts: OperatorParts) {
    super();
    this.#parts = parts;
  }

  async inspect(): Promise<Inspection> {
    const { userId, schema, storage, affairs, gate, tier, now_ms } = this.#parts;
    const { account, sessions } = this.#parts.stores;
    const row = account.read();
    const { limit, remaining, reset_ms } = gate.status(tier());
    const { kid: currentKid } = await this.#parts.vault();
    return {
      userId,
      schema,
      account:
        row === undefined
          ? null
          : {
              clickupUserId: row.clickupUserId,
              username: row.username,
              email: row.email,
              workspaces: row.workspaces.length,
              created_ms: row.created_ms,
            },
      tier: tier(),
      devices: affairs.devices(),
      sessions: sessions.list(now_ms()).map(({ kind, deviceId, protocol, created_ms, last_seen_ms }) => ({
        kind,
        deviceId,
        protocol,
        created_ms,
        last_seen_ms,
      })),
      outbox: this.#outbox(),
      keys: account.credentials().map(({ kind, envelope, added_ms }) => ({
        kind,
        kid: envelopeKid(envelope),
        current: envelopeKid(envelope) === currentKid,
        added_ms,
      })),
      limits: { limit, used: limit - remaining, remaining, reset_ms },
      alarm_ms: await storage.getAlarm(),
      database_bytes: storage.sql.databaseSize,
    };
  }

  async flush(): Promise<{ before: number; after: number; retry_ms: number | null }> {
    const { audit } = this.#parts;
    const before = audit.depth;
    const retry_ms = await audit.flush();
    return { before, after: audit.depth, retry_ms: retry_ms ?? null };
  }

  async rotateKeys(): Promise<KeyRotation> {
    const { account } = this.#parts.stores;
    const vault = await this.#parts.vault();
    const done: KeyRotation = { resealed: 0, current: 0, unreadable: 0 };
    for (const { kind, envelope } of account.credentials()) {
      try {
        const { secret, stale } = await vault.open(kind, envelope);
        if (stale) account.resealCredential(kind, envelope, await vault.seal(kind, secret));
        done[stale ? "resealed" : "current"]++;
      } catch (error) {
        if (!(error instanceof VaultError)) throw error;
        done.unreadable++;
      }
    }
    return done;
  }

  async auditHead(): Promise<AuditHead> {
    const { journal, outbox } = this.#parts.stores;
    const { flushedSeq, batches, lastHash } = outbox.state;
    const pending = outbox.pending();
    const waiting = [...journal.events(flushedSeq, journal.lastSeq)].map(fromJournal);
    return {
      flushedSeq,
      lastSeq: journal.lastSeq,
      batches,
      lastHash,
      pendingKey: pending?.r2_key ?? null,
      waiting,
    };
  }

  #outbox(): Inspection["outbox"] {
    const { audit } = this.#parts;
    const { journal, outbox } = this.#parts.stores;
    const { flushedSeq, batches } = outbox.state;
    const pending = outbox.pending();
    const [oldest] = journal.events(flushedSeq, flushedSeq + 1);
    return {
      depth: audit.depth,
      oldestWaiting_ms: oldest?.t_ms ?? null,
      flushedSeq,
      batches,
      pending: pending === undefined ? null : { key: pending.r2_key, attempts: pending.attempts },
    };
  }
}
