/** Browsers signed in to the account page, as rows: signing out acts at once, whatever a cookie says. */
import type { Affairs } from "./affairs.ts";
import type { AccountView, NewWebSession, RpcResult, WebSessionView } from "../rpc/user.ts";
import type { WebSessionStore } from "../stores/web-sessions.ts";

/** Browsers of a user at a time; the least recently used is signed out to make room. */
const MAX_WEB_SESSIONS = 20;
/** `last_seen_ms` is written at most this often. */
const SEEN_EVERY_MS = 5 * 60_000;

export class WebSessions {
  readonly #store: WebSessionStore;
  readonly #affairs: Affairs;
  readonly #now_ms: () => number;

  constructor(store: WebSessionStore, affairs: Affairs, now_ms: () => number) {
    this.#store = store;
    this.#affairs = affairs;
    this.#now_ms = now_ms;
  }

  open(session: NewWebSession): RpcResult<WebSessionView> {
    const account = this.#affairs.account();
    if (!account.ok) return account;
    const now_ms = this.#now_ms();
    this.#store.add(session, now_ms, MAX_WEB_SESSIONS);
    return { ok: true, value: { ...session, created_ms: now_ms, last_seen_ms: now_ms } };
  }

  /** @returns the account behind a session that lasts, or `null` */
  account(sessionId: string): { account: AccountView; session: WebSessionView } | null {
    const now_ms = this.#now_ms();
    const session = this.#store.get(sessionId, now_ms);
    const account = this.#affairs.account();
    if (session === undefined || !account.ok) return null;
    if (now_ms - session.last_seen_ms >= SEEN_EVERY_MS) this.#store.seen(sessionId, now_ms);
    return { account: account.value, session };
  }

  list(): WebSessionView[] {
    return this.#store.list(this.#now_ms());
  }

  close(sessionId: string): void {
    this.#store.remove(sessionId);
  }

  closeAll(): void {
    this.#store.clear();
    this.#affairs.record("account/signed_out_everywhere", null, {});
  }
}
