/** What the faces of a user's object show in common. */
import type { Grant } from "../../tools/define.ts";

/** How the caller proved who they are. */
export type Via = "oauth" | "jwt";

export type CredentialKind = "oauth" | "personal";

export interface NewDevice {
  deviceId: string;
  via: Via;
  clientId: string;
  clientName: string;
  grant: Grant;
  /** When the device stops working, ms since the epoch; `null`: when revoked. */
  expires_ms: number | null;
}

export interface DeviceView extends NewDevice {
  /** What it was allowed at first. A pasted token can never do more. */
  issuedAccess: Grant["access"];
  created_ms: number;
  last_seen_ms: number | null;
  revoked_ms: number | null;
}

/** One event of the user's record, from the journal or an archived batch. Ids and names only. */
export interface ActivityEvent {
  seq: number;
  /** ISO 8601. */
  time: string;
  counted: boolean;
  requestId: string;
  deviceId: string | null;
  client: string;
  protocol: string | null;
  method: string;
  tool: string | null;
  fields: string[];
  ids: Record<string, string>;
  bytes_in: number;
  bytes_out?: number;
  outcome?: string;
  duration_ms?: number;
  upstream_calls?: number;
  targets?: string[];
  incident?: string;
}
