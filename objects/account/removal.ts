/** The end of an account: everything held about the user goes, in an order that a retry can finish. */
import type { AuditArchive } from "../record/archive.ts";
import type { AuditOutbox } from "../record/outbox.ts";
import type { Affairs } from "./affairs.ts";
import type { RpcResult } from "../rpc/user.ts";

/** Something outside that must end before the account does, such as a subscription that would go on being charged. */
export interface RemovalHook {
  /** Anything but ok stops the removal, and its message is shown to the person. Must be safe to repeat. */
  beforeRemoval(): Promise<RpcResult<null>>;
}

export class Removal {
  readonly #affairs: Affairs;
  readonly #audit: AuditOutbox;
  readonly #archive: AuditArchive;
  readonly #storage: DurableObjectStorage;
  readonly #hooks: readonly RemovalHook[];

  constructor(
    parts: {
      affairs: Affairs;
      audit: AuditOutbox;
      archive: AuditArchive;
      storage: DurableObjectStorage;
    },
    hooks: readonly RemovalHook[] = [],
  ) {
    this.#affairs = parts.affairs;
    this.#audit = parts.audit;
    this.#archive = parts.archive;
    this.#storage = parts.storage;
    this.#hooks = hooks;
  }

  /**
   * Afterwards the database is empty, its tables gone: the object must be restarted.
   * @throws when R2 fails; nothing of the database is lost then, and the removal can be tried again
   */
  async run(): Promise<RpcResult<null>> {
    for (const hook of this.#hooks) {
      const ready = await hook.beforeRemoval();
      if (!ready.ok) return ready;
    }
    // First nothing may add to the record any more; then what is on its way to R2 arrives, and goes with the rest.
    this.#affairs.stopAll();
    await this.#audit.flush();
    await this.#archive.removeAll();
    await this.#storage.deleteAll();
    await this.#storage.sync();
    return { ok: true, value: null };
  }
}
