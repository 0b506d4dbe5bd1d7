import { AccountStore } from "./stores/account.ts";
import { CacheStore } from "./stores/cache.ts";
import { ControlLogStore } from "./stores/control-log.ts";
import { DeviceStore } from "./stores/devices.ts";
import { IdempotencyStore } from "./stores/idempotency.ts";
import { JournalStore } from "./stores/journal.ts";
import { OutboxStore } from "./stores/outbox.ts";
import { PaywallWaitStore } from "./stores/paywall-waits.ts";
import { SessionStore } from "./stores/sessions.ts";
import { LongCallStore } from "./stores/long-calls.ts";
import { UsageStore } from "./stores/usage.ts";
import { WebSessionStore } from "./stores/web-sessions.ts";

/** The stores of the object, over one database that is at its newest shape. */
export function openStores(sql: SqlStorage, now_ms: () => number) {
  return {
    account: new AccountStore(sql),
    devices: new DeviceStore(sql),
    journal: new JournalStore(sql),
    outbox: new OutboxStore(sql),
    cache: new CacheStore(sql, now_ms),
    idempotency: new IdempotencyStore(sql, now_ms),
    control: new ControlLogStore(sql),
    sessions: new SessionStore(sql),
    usage: new UsageStore(sql),
    longCalls: new LongCallStore(sql),
    webSessions: new WebSessionStore(sql),
    paywallWaits: new PaywallWaitStore(sql),
  };
}

/** Removes what has expired. */
export function pruneStores(stores: ReturnType<typeof openStores>, now_ms: number): void {
  stores.usage.prune(now_ms);
  stores.webSessions.prune(now_ms);
  stores.cache.prune();
  stores.idempotency.prune();
  stores.devices.prune(now_ms);
}
