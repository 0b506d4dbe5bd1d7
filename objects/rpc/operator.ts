/** What the `Admin` entrypoint may ask of a user's object, as types only. Never a secret. */
import type { Tier } from "../../tools/tiers.ts";
import type { ActivityEvent, CredentialKind, DeviceView } from "./views.ts";

/** What an operator sees of a user's object. */
export interface Inspection {
  userId: string;
  /** Version of the database's shape: the newest applied migration. */
  schema: number;
  account: {
    clickupUserId: string;
    username: string;
    email: string | null;
    /** How many. */
    workspaces: number;
    created_ms: number;
  } | null;
  tier: Tier;
  devices: DeviceView[];
  sessions: {
    kind: string;
    deviceId: string;
    protocol: string;
    created_ms: number;
    last_seen_ms: number;
  }[];
  outbox: {
    /** Events that are not in R2 yet. */
    depth: number;
    oldestWaiting_ms: number | null;
    flushedSeq: number;
    batches: number;
    /** The batch on its way, with the attempts that failed. */
    pending: { key: string; attempts: number } | null;
  };
  /** Which key seals each credential. */
  keys: { kind: CredentialKind; kid: string; current: boolean; added_ms: number }[];
  limits: { limit: number; used: number; remaining: number; reset_ms: number };
  alarm_ms: number | null;
  database_bytes: number;
}

export interface KeyRotation {
  /** Sealed anew with the current key. */
  resealed: number;
  /** Sealed with it before. */
  current: number;
  /** Their key is not configured any more: the person has to connect ClickUp again. */
  unreadable: number;
}

/** Where the record stands in the object, to be held against R2. */
export interface AuditHead {
  flushedSeq: number;
  lastSeq: number;
  batches: number;
  /** Hex SHA-256 of the newest stored batch; "" before the first. */
  lastHash: string;
  /** R2 key of a batch that is fixed and may be in R2 already. */
  pendingKey: string | null;
  /** Events after `flushedSeq`, oldest first. */
  waiting: ActivityEvent[];
}

/** The operator's half of a user's object. */
export interface OperatorRpc {
  inspect(): Promise<Inspection>;
  /** Sends what waits to R2 now. `retry_ms`: when it is tried again; `null`: nothing waits. */
  flush(): Promise<{ before: number; after: number; retry_ms: number | null }>;
  /** Seals every credential with the current key. Safe to repeat. */
  rotateKeys(): Promise<KeyRotation>;
  auditHead(): Promise<AuditHead>;
}
