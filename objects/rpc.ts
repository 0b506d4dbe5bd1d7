/**
 * What the entry Worker may ask of a user's object, as types only. Expected failures are values:
 * an Error thrown across RPC loses its class (and is logged as uncaught), so it is kept for our own faults.
 */
import type { Grant, Workspace } from "../tools/define.ts";
import type { Tier } from "../tools/tiers.ts";

/** How the caller proved who they are. */
export type Via = "oauth" | "jwt";

/** The verified caller of one request. Made by the Worker from a token, never from client input. */
export interface Principal {
  userId: string;
  /** Row of `devices` in the user's object: one per OAuth grant or issued JWT. */
  deviceId: string;
  via: Via;
  /** OAuth client id, or "jwt". */
  clientId: string;
  /** OAuth scopes of the token; a JWT carries the scopes of its device. */
  scopes: string[];
}

/** Header in which the Worker hands the principal to `UserObject.fetch`; stripped from client requests. */
export const PRINCIPAL_HEADER = "x-clickup-mcp-principal";
/** Header with a random id for the request: the journal and every log line carry it. */
export const REQUEST_ID_HEADER = "x-request-id";

/**
 * Body of a POST that is answered by a stream without an end (`subscriptions/listen`), URI-encoded: asking the
 * object for a WebSocket makes the request a GET, which has no body.
 */
export const STREAM_BODY_HEADER = "x-clickup-mcp-stream-body";
/** Longest such body. A subscription names a few kinds of change and some resources. */
export const MAX_STREAM_BODY_BYTES = 16 * 1024;

export type CredentialKind = "oauth" | "personal";

/** Who ClickUp says the person is (GET /v2/user and GET /v2/team). */
export interface Identity {
  clickupUserId: string;
  username: string;
  email: string | null;
  /** IANA name, or null where ClickUp gives none. */
  timeZone: string | null;
  workspaces: Workspace[];
}

export interface SignIn {
  identity: Identity;
  credential: { kind: CredentialKind; token: string };
}

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
  created_ms: number;
  last_seen_ms: number | null;
  revoked_ms: number | null;
}

export interface AccountView {
  userId: string;
  clickupUserId: string;
  username: string;
  email: string | null;
  timeZone: string;
  workspaces: Workspace[];
  defaultWorkspaceId: string | null;
  credentials: { kind: CredentialKind; added_ms: number; active: boolean }[];
  tier: Tier;
  created_ms: number;
}

export type RpcResult<T> = { ok: true; value: T } | { ok: false; error: RpcError };
export type RpcError =
  | { kind: "no_account"; message: string }
  | { kind: "other_clickup_user"; message: string }
  | { kind: "device_revoked"; message: string }
  | { kind: "device_unknown"; message: string }
  | { kind: "invalid"; message: string };

/** The RPC face of a user's object. `fetch` serves `/mcp` with `PRINCIPAL_HEADER` set. */
export interface UserRpc {
  /** Creates or refreshes the account and stores the credential. Never touches the tier. */
  signIn(input: SignIn): Promise<RpcResult<AccountView>>;
  /** Stores a personal token already verified with ClickUp; refuses one of another ClickUp user. */
  storeApiKey(input: SignIn): Promise<RpcResult<AccountView>>;
  addDevice(device: NewDevice): Promise<RpcResult<DeviceView>>;
  devices(): Promise<DeviceView[]>;
  revokeDevice(deviceId: string): Promise<RpcResult<DeviceView>>;
  /** True while the device exists and is neither revoked nor expired. */
  deviceActive(deviceId: string): Promise<boolean>;
  account(): Promise<RpcResult<AccountView>>;
}
