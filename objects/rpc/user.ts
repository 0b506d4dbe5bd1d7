/**
 * What the entry Worker may ask of a user's object, as types only. Expected failures are values:
 * an Error thrown across RPC loses its class (and is logged as uncaught), so it is kept for our own faults.
 */
import type { Grant, Workspace } from "../../tools/define.ts";
import type { Tier } from "../../tools/tiers.ts";
import type { BillingRpc } from "./billing.ts";
import type { OperatorRpc } from "./operator.ts";
import type { ActivityEvent, CredentialKind, DeviceView, NewDevice, Via } from "./views.ts";

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

/** Header the Worker sets on a request it sends again after the platform failed: the object serves it only if it reads. */
export const REPEAT_HEADER = "x-clickup-mcp-repeat";
/** Header of the object's answer to such a request that it did not serve; never leaves the Worker. */
export const NOT_REPEATED_HEADER = "x-clickup-mcp-not-repeated";

/** Header in which the object hands the figures of a request to the Worker, as JSON; never leaves the Worker. */
export const FIGURES_HEADER = "x-clickup-mcp-figures";

/** What the Worker's log line says of an MCP request. Ids, names and numbers; no argument, no content. */
export interface RequestFigures {
  user: string;
  device: string;
  protocol: string | null;
  /** JSON-RPC method; "batch" for several messages at once, `null` for none that was admitted. */
  method: string | null;
  tool: string | null;
  /** Outcome as the journal has it; "running": the answer is a stream; "none": no request was admitted. */
  outcome: string;
  messages: number;
  upstream_calls: number;
  bytes_in: number;
  bytes_out: number;
  /** Requests left in the window. */
  remaining: number | null;
  /** Events that are not in R2 yet. */
  outboxDepth: number;
}

/** What decides how a JSON-RPC POST is answered with JSON; everything else of its HTTP request stays outside. */
export interface DirectPost {
  /** JSON of `Principal`, made once a token: it is the same with each of its requests. */
  principal: string;
  requestId: string;
  /** `null`: it belongs to none. */
  sessionId: string | null;
  contentType: string | null;
  accept: string | null;
  protocolVersion: string | null;
  body: string;
}

/** Which list of tools: it depends on nothing else. */
export interface ToolListKey {
  tier: Tier;
  grant: Pick<Grant, "access" | "toolSets">;
}

/** The HTTP answer of a `DirectPost`. */
export interface DirectAnswer {
  status: number;
  headers: Record<string, string>;
  /** A list of tools is named, not sent: every isolate of the Worker can make it, and it is the longest answer there is. */
  body: { text: string } | { id: string | number; tools: ToolListKey };
  /** `RequestFigures` as JSON: most of the time they only go on into a log line. */
  figures: string;
}

/**
 * Body of a POST that is answered by a stream without an end (`subscriptions/listen`), URI-encoded: asking the
 * object for a WebSocket makes the request a GET, which has no body.
 */
export const STREAM_BODY_HEADER = "x-clickup-mcp-stream-body";
/** Longest such body. A subscription names a few kinds of change and some resources. */
export const MAX_STREAM_BODY_BYTES = 16 * 1024;

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

export interface AccountView {
  userId: string;
  clickupUserId: string;
  username: string;
  email: string | null;
  /** The zone in use: the person's own choice, else ClickUp's, else UTC. */
  timeZone: string;
  /** IANA name the person chose here; `null`: ClickUp's is used. */
  timeZoneOverride: string | null;
  workspaces: Workspace[];
  defaultWorkspaceId: string | null;
  /** True when the person fixed the default; otherwise it is the Workspace last named. */
  defaultPinned: boolean;
  credentials: { kind: CredentialKind; added_ms: number; active: boolean }[];
  tier: Tier;
  created_ms: number;
}

/** What a person changes about a device; acts on its next request. */
export interface DeviceChange {
  grant: Grant;
  /** As in `NewDevice`. A pasted token keeps the expiry it carries, whatever is said here. */
  expires_ms: number | null;
}

/** What a person sets for themselves. `null` gives the choice back; a missing field stays. */
export interface Preferences {
  /** Fixes the default Workspace; `null`: the one last named is used. */
  defaultWorkspaceId?: string | null;
  /** IANA name; `null`: ClickUp's. */
  timeZone?: string | null;
}

/** A browser signed in to the account page. */
export interface NewWebSession {
  /** Random, 128 bits; the browser's cookie carries it signed. */
  sessionId: string;
  /** Which browser it is, in a few words. */
  label: string;
  expires_ms: number;
}

export interface WebSessionView extends NewWebSession {
  created_ms: number;
  last_seen_ms: number;
}

export interface UsageView {
  tier: Tier;
  /** Requests a minute; `null`: not limited. */
  limit: number | null;
  /** Requests in the last 60 seconds. */
  used: number;
  /** The last 30 days, oldest first; `day` is the UTC date. */
  days: { day: string; requests: number }[];
}

export type ActivityKind = "changes" | "calls";

export interface ActivityQuery {
  deviceId?: string;
  tool?: string;
  /** "changes": writing tools and what was done to the account; "calls": all tools as well. Everything, unless given. */
  only?: ActivityKind;
  /** `next` of the page before. */
  cursor?: string;
  /** Events wanted, at most. */
  limit: number;
}

/** Newest first. `next` is set while there may be more, even when this page is empty. */
export interface ActivityPage {
  events: ActivityEvent[];
  next: string | null;
}

export type RpcResult<T> = { ok: true; value: T } | { ok: false; error: RpcError };
export type RpcError =
  | { kind: "no_account"; message: string }
  | { kind: "other_clickup_user"; message: string }
  | { kind: "device_revoked"; message: string }
  | { kind: "device_unknown"; message: string }
  | { kind: "invalid"; message: string };

/** The half of a user's object that the account page asks. */
export interface AccountDeskRpc {
  /** Forgets a ClickUp credential. Without any, tools ask to connect ClickUp again. */
  removeCredential(kind: CredentialKind): Promise<RpcResult<AccountView>>;
  setPreferences(preferences: Preferences): Promise<RpcResult<AccountView>>;
  openWebSession(session: NewWebSession): Promise<RpcResult<WebSessionView>>;
  /** The account of a browser that is signed in; `null` when it no longer is. */
  webSession(sessionId: string): Promise<{ account: AccountView; session: WebSessionView } | null>;
  webSessions(): Promise<WebSessionView[]>;
  closeWebSession(sessionId: string): Promise<void>;
  /** Signs every browser out. */
  closeWebSessions(): Promise<void>;
  usage(): Promise<UsageView>;
  activity(query: ActivityQuery): Promise<RpcResult<ActivityPage>>;
  /** Everything held about the user as JSON text, without secrets. */
  exportData(): Promise<ReadableStream<Uint8Array>>;
}

/** The RPC face of a user's object. `fetch` serves `/mcp` with `PRINCIPAL_HEADER` set. */
export interface UserRpc {
  /**
   * Serves one JSON-RPC request of the 2025 revisions that needs no stream, and of a session nothing but that it is
   * there: cheaper than `fetch`, with the same answer.
   * @returns `null` when it does need more; nothing has happened then, and `fetch` serves it
   */
  post(post: DirectPost): Promise<DirectAnswer | null>;
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
  /** The device while it works; `null` when it is unknown, revoked or expired. */
  activeDevice(deviceId: string): Promise<DeviceView | null>;
  changeDevice(deviceId: string, change: DeviceChange): Promise<RpcResult<DeviceView>>;
  /**
   * Removes everything held about the user, the record in R2 included, and restarts the object: the call may end
   * with the restart instead of an answer. Whether it is done says `account()`: "no_account".
   */
  deleteAccount(): Promise<RpcResult<null>>;
  /** For the account page; used like `billing()`. */
  desk(): AccountDeskRpc;
  /** Plan, payment and what Stripe said. In one round trip, without waiting in between: `user.billing().plan()`. */
  billing(): BillingRpc;
  /** For the `Admin` entrypoint alone; used like `billing()`. */
  operator(): OperatorRpc;
}
