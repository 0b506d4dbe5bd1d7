import type { Workspace } from "../../tools/define.ts";
import type { Identity } from "../rpc/user.ts";
import type { CredentialKind } from "../rpc/views.ts";

export interface AccountRow {
  clickupUserId: string;
  username: string;
  email: string | null;
  /** The person's own choice, else ClickUp's. */
  timeZone: string | null;
  timeZoneOverride: string | null;
  workspaces: Workspace[];
  defaultWorkspaceId: string | null;
  /** True when the person fixed the default Workspace. */
  defaultPinned: boolean;
  created_ms: number;
}

export type CredentialRow = { kind: CredentialKind; envelope: string; added_ms: number };

/** Tables `account` and `credential`: who the user is, and the sealed ClickUp credentials. */
export class AccountStore {
  readonly #sql: SqlStorage;
  /** Rows as last read: every call needs them. Only this store writes the tables; a write forgets them. */
  #account: AccountRow | undefined;
  #credentials: CredentialRow[] | undefined;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** @returns the account, or undefined before the first sign-in */
  read(): Readonly<AccountRow> | undefined {
    this.#account ??= this.#load();
    return this.#account;
  }

  #load(): AccountRow | undefined {
    const row = this.#sql
      .exec<{
        clickup_user_id: string;
        username: string;
        email: string | null;
        time_zone: string | null;
        time_zone_override: string | null;
        workspaces: string;
        default_workspace_id: string | null;
        default_pinned: number;
        created_ms: number;
      }>("SELECT * FROM account WHERE id = 1")
      .toArray()[0];
    if (row === undefined) return undefined;
    return {
      clickupUserId: row.clickup_user_id,
      username: row.username,
      email: row.email,
      timeZone: row.time_zone_override ?? row.time_zone,
      timeZoneOverride: row.time_zone_override,
      workspaces: JSON.parse(row.workspaces) as Workspace[],
      defaultWorkspaceId: row.default_workspace_id,
      defaultPinned: row.default_pinned === 1,
      created_ms: row.created_ms,
    };
  }

  /** Creates the account or refreshes what ClickUp says of it; choices made here (default Workspace) stay. */
  save(identity: Identity, now_ms: number): void {
    this.#account = undefined;
    const [only, ...others] = identity.workspaces;
    this.#sql.exec(
      `INSERT INTO account (id, clickup_user_id, username, email, time_zone, workspaces, default_workspace_id, created_ms, updated_ms)
       VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET username = excluded.username, email = excluded.email,
         time_zone = excluded.time_zone, workspaces = excluded.workspaces, updated_ms = excluded.updated_ms`,
      identity.clickupUserId,
      identity.username,
      identity.email,
      identity.timeZone,
      JSON.stringify(identity.workspaces),
      only !== undefined && others.length === 0 ? only.id : null,
      now_ms,
      now_ms,
    );
    // A default that the credential no longer reaches would make every call fail.
    const ids = JSON.stringify(identity.workspaces.map((w) => w.id));
    this.#sql.exec(
      "UPDATE account SET default_workspace_id = NULL, default_pinned = 0 WHERE default_workspace_id NOT IN (SELECT value FROM json_each(?))",
      ids,
    );
  }

  /** The person's own choice; `null` takes it back. */
  pinDefaultWorkspace(id: string | null): void {
    this.#account = undefined;
    this.#sql.exec(
      "UPDATE account SET default_workspace_id = ?, default_pinned = ? WHERE id = 1",
      id,
      id === null ? 0 : 1,
    );
  }

  /** @param name IANA zone, or `null` for ClickUp's */
  setTimeZoneOverride(name: string | null): void {
    this.#account = undefined;
    this.#sql.exec("UPDATE account SET time_zone_override = ? WHERE id = 1", name);
  }

  /** @returns true when there was such a credential */
  removeCredential(kind: CredentialKind): boolean {
    this.#credentials = undefined;
    return (
      this.#sql.exec<{ kind: string }>("DELETE FROM credential WHERE kind = ? RETURNING kind", kind).toArray()
        .length > 0
    );
  }

  /** Keeps the envelope as the credential in use. */
  saveCredential(kind: CredentialKind, envelope: string, now_ms: number): void {
    this.#credentials = undefined;
    this.#sql.exec(
      `INSERT INTO credential (kind, envelope, added_ms) VALUES (?, ?, ?)
       ON CONFLICT (kind) DO UPDATE SET envelope = excluded.envelope, added_ms = excluded.added_ms`,
      kind,
      envelope,
      now_ms,
    );
  }

  /** Replaces an envelope by the same secret sealed with the current key; a newer credential is left alone. */
  resealCredential(kind: CredentialKind, from: string, to: string): void {
    this.#credentials = undefined;
    this.#sql.exec("UPDATE credential SET envelope = ? WHERE kind = ? AND envelope = ?", to, kind, from);
  }

  /** Newest first: the first is the one in use. */
  credentials(): readonly CredentialRow[] {
    this.#credentials ??= this.#sql
      .exec<CredentialRow>("SELECT kind, envelope, added_ms FROM credential ORDER BY added_ms DESC, kind")
      .toArray();
    return this.#credentials;
  }
}
