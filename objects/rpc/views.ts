/** What the faces of a user's object show in common. */
import type { Grant, ToolOutcome } from "../../tools/define.ts";

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

/** How a journaled call or event ended. `unknown`: the object died before it could say. */
export type Outcome = ToolOutcome | "refused_tier" | "protocol_error" | "unknown";

/** What is known when a request is admitted. Ids and field names only: never content, never tokens. */
export interface Beginning {
  requestId: string;
  deviceId: string | null;
  client: string;
  /** MCP revision the message was sent for, or null for account events. */
  protocol: string | null;
  method: string;
  tool: string | null;
  /** Names of the arguments, and the values of those that are ids. */
  fields: string[];
  ids: Record<string, string>;
  bytes_in: number;
}

/** What is known when it ended. */
export interface Ending {
  outcome: Outcome;
  duration_ms: number;
  upstream_calls: number;
  bytes_out: number;
  /** Objects read or changed: "kind:id". */
  targets: string[];
  incident?: string;
}

/** One event of the user's record, from the journal or an archived batch. Ids and names only. */
export interface ActivityEvent extends Beginning, Partial<Ending> {
  seq: number;
  /** ISO 8601. */
  time: string;
  counted: boolean;
}
