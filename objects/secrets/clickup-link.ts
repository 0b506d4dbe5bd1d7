/** The user's connection to ClickUp: the credential out of the vault, and the call budget of its token. */
import { Budget } from "../../tools/clickup/budget.ts";
import type { CredentialKind } from "../rpc/views.ts";
import type { AccountStore, CredentialRow } from "../stores/account.ts";
import type { After } from "../timer.ts";
import { type Vault, VaultError } from "./vault.ts";

export interface Link {
  kind: CredentialKind;
  token: string;
  budget: Budget;
}

export class ClickUpLink {
  readonly #account: AccountStore;
  readonly #vault: () => Promise<Vault>;
  readonly #now_ms: () => number;
  readonly #after: After;
  /** Kept for the life of the object, so that a call costs no key derivation. */
  #open: { envelope: string; link: Link } | undefined;
  /** The opening under way: calls that come meanwhile share it, and with it the budget of the token. */
  #opening: { envelope: string; link: Promise<Link> } | undefined;

  constructor(account: AccountStore, vault: () => Promise<Vault>, now_ms: () => number, after: After) {
    this.#account = account;
    this.#vault = vault;
    this.#now_ms = now_ms;
    this.#after = after;
  }

  /** Seals and stores a credential; it becomes the one in use. */
  async store(kind: CredentialKind, token: string): Promise<void> {
    const envelope = await (await this.#vault()).seal(kind, token);
    this.#account.saveCredential(kind, envelope, this.#now_ms());
    this.#open = undefined;
  }

  /** @returns the link, or what the person must do when there is none that works */
  async open(): Promise<{ ok: true; link: Link } | { ok: false; message: string }> {
    const [current] = this.#account.credentials();
    if (current === undefined) {
      return { ok: false, message: "ClickUp is not connected. Sign in again to connect ClickUp." };
    }
    if (this.#open?.envelope === current.envelope) return { ok: true, link: this.#open.link };
    if (this.#opening?.envelope !== current.envelope) {
      this.#opening = { envelope: current.envelope, link: this.#unseal(current) };
    }
    const opening = this.#opening;
    try {
      return { ok: true, link: await opening.link };
    } catch (error) {
      if (!(error instanceof VaultError)) throw error;
      return {
        ok: false,
        message:
          "The stored ClickUp credential cannot be read. Reconnect ClickUp: sign in again, or store your API token anew.",
      };
    } finally {
      if (this.#opening === opening) this.#opening = undefined;
    }
  }

  /** @throws VaultError when no key of ours opens the envelope */
  async #unseal(current: CredentialRow): Promise<Link> {
    const vault = await this.#vault();
    const { secret, stale } = await vault.open(current.kind, current.envelope);
    let { envelope } = current;
    if (stale) {
      envelope = await vault.seal(current.kind, secret);
      this.#account.resealCredential(current.kind, current.envelope, envelope);
    }
    const budget = new Budget({ clock: { now_ms: this.#now_ms, after: this.#after } });
    const link: Link = { kind: current.kind, token: secret, budget };
    this.#open = { envelope, link };
    return link;
  }
}
