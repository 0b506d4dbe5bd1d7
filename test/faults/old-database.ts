/** A user's database as an older version of the server left it: at its shape, with data, in the middle of work. */
import { env } from "cloudflare:workers";
import { runInDurableObject } from "cloudflare:test";
import { MIGRATIONS } from "../../migrations/index.ts";
import { AuditOutbox } from "../../objects/record/outbox.ts";
import { migrate } from "../../objects/migrate.ts";
import { JournalStore } from "../../objects/stores/journal.ts";
import { OutboxStore } from "../../objects/stores/outbox.ts";
import { openKeyring, Vault } from "../../objects/secrets/vault.ts";
import { SANDBOX } from "../sandbox/clickup/facts.ts";
import { FULL_GRANT, userObject } from "../support/users.ts";

export interface OldCall {
  requestId: string;
  t_ms: number;
  /** Undefined: still running when the old version ended. */
  outcome: "ok" | undefined;
}

/**
 * Leaves the object of `userId` with a database of `version` migrations: an account with a sealed credential, one
 * device, three calls of the last half minute of which the last never ended, and a batch that R2 did not take.
 * The object is gone afterwards; its next life brings the database up to date.
 */
export async function leaveOldDatabase(
  userId: string,
  deviceId: string,
  version: number,
  now_ms: number,
): Promise<OldCall[]> {
  const calls: OldCall[] = [
    { requestId: `old-1-${userId}`, t_ms: now_ms - 30_000, outcome: "ok" },
    { requestId: `old-2-${userId}`, t_ms: now_ms - 20_000, outcome: "ok" },
    { requestId: `old-3-${userId}`, t_ms: now_ms - 10_000, outcome: undefined },
  ];
  await runInDurableObject(userObject(userId), async (_, { storage }) => {
    await storage.deleteAll();
    const { sql } = storage;
    migrate(storage, MIGRATIONS.slice(0, version), now_ms);
    const keyring = await openKeyring((env as unknown as { ENCRYPTION_KEY: string }).ENCRYPTION_KEY);
    const envelope = await new Vault(keyring, userId).seal("personal", SANDBOX.tokens.alice);
    const workspaces = JSON.stringify([{ id: SANDBOX.workspaces.northwind, name: "Northwind Labs" }]);
    sql.exec(
      "INSERT INTO account (id, clickup_user_id, username, workspaces, created_ms, updated_ms) VALUES (1, ?, 'Alice', ?, ?, ?)",
      String(SANDBOX.users.alice),
      workspaces,
      now_ms,
      now_ms,
    );
    sql.exec("INSERT INTO credential (kind, envelope, added_ms) VALUES ('personal', ?, ?)", envelope, now_ms);
    sql.exec(
      "INSERT INTO devices (device_id, via, client_id, client_name, choices, created_ms) VALUES (?, 'jwt', 'jwt', 'old', ?, ?)",
      deviceId,
      JSON.stringify(FULL_GRANT),
      now_ms,
    );
    const journal = new JournalStore(sql);
    for (const { requestId, t_ms, outcome } of calls) {
      const event = { requestId, deviceId, client: "old", protocol: null, fields: [], ids: {}, bytes_in: 1 };
      const seq = journal.begin({ ...event, method: "tools/list", tool: null }, t_ms, true);
      if (outcome === undefined) continue;
      journal.end(seq, { outcome, duration_ms: 1, upstream_calls: 0, bytes_out: 1, targets: [] });
    }
    const outbox = new OutboxStore(sql);
    const sink = { put: () => Promise.reject(new Error("R2 is down")) };
    const audit = new AuditOutbox({ journal, outbox, storage, sink }, userId, () => now_ms);
    // Its constructor closes what is open, as an object that wakes would: it was still open in the old version.
    sql.exec("UPDATE journal SET outcome = NULL WHERE finished IS NULL");
    audit.begin(3, now_ms);
    await audit.flush();
    await storage.sync();
  });
  await runInDurableObject(userObject(userId), (_, state) => state.abort("the old version ends")).catch(
    () => undefined,
  );
  return calls;
}
