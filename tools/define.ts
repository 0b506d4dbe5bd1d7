/**
 * What a tool is: a plain value. No SDK, no platform: this room loads in plain Node.
 * A room lists its tools with `defineTool` in `tools.ts`; `catalog.ts` is the list of all; `call/call.ts` runs one.
 */
import type { z } from "zod";
import type { ClickUpClient } from "./clickup/client.ts";
import type { StopSignal } from "./clickup/stop.ts";
import type { After } from "./clickup/timer.ts";
import type { Tier } from "./tiers.ts";

export type { StopSignal };

/** The groups a user can allow or refuse on the consent page. */
export const TOOL_SETS = ["spaces", "tasks", "comments", "docs", "time", "fields", "projects"] as const;
export type ToolSet = (typeof TOOL_SETS)[number];

/** `read` changes nothing; `write` creates or changes; `destructive` may lose something a person made. */
type ToolKind = "read" | "write" | "destructive";

/** What the user allowed one device (an MCP client or a token) to do. Enforced on every call. */
export interface Grant {
  access: "read" | "write";
  /** `null`: all tool sets. */
  toolSets: ToolSet[] | null;
  /** ClickUp Workspace ids; `null`: every Workspace of the user. */
  workspaces: string[] | null;
}

export interface Workspace {
  id: string;
  name: string;
}

/** Small values kept per user across calls. Values are JSON. Implemented by a table in the user's object. */
export interface Cache {
  /** What comes out is frozen: calls may share it. */
  get<T>(key: string): T | undefined;
  set(key: string, value: unknown, ttl_ms: number): void;
  /** Removes every key that starts with `prefix`. */
  drop(prefix: string): void;
}

/**
 * First results of creates, kept for 24 hours by the user's object, so that a repeat makes no second thing. A key
 * belongs to the device that used it.
 * `put` replaces what the key held; `null` forgets it. `get` answers undefined or null for an unknown key.
 */
export interface IdempotencyLog {
  get(deviceId: string, tool: string, key: string): unknown;
  put(deviceId: string, tool: string, key: string, result: unknown): void;
}

/** Everything a handler may reach. The object implements it; a lower room owns the interface. */
export interface ToolContext {
  clickup: ClickUpClient;
  cache: Cache;
  idempotency: IdempotencyLog;
  user: {
    /** ClickUp's numeric user id, as a string. */
    clickupUserId: string;
    username: string;
    /** IANA name from the ClickUp profile, or "UTC". */
    timeZone: string;
    /** Workspaces the credential reaches, already narrowed to the grant. */
    workspaces: Workspace[];
    /** The one the person chose for calls that name none. */
    defaultWorkspaceId: string | null;
  };
  /** Id of the device the call came from: what a call leaves behind belongs to it alone. */
  deviceId: string;
  /** The call's own arguments, as they were read; without its idempotency key. */
  args: unknown;
  grant: Grant;
  /** Aborts when the client cancels or the call's deadline passes. */
  signal: StopSignal;
  /** Wall clock in ms since the epoch. */
  now_ms(): number;
  /** The timer for what has to end in time. */
  after: After;
  /** Names an object the call reads or changes, for the journal: ids only. */
  touch(kind: TargetKind, id: string): void;
  /** Sends a progress notification when the client asked for them; otherwise does nothing. */
  progress(done: number, total: number, message?: string): void;
  /**
   * Asks the person through the client. "unsupported": the client cannot ask; go on without. May throw
   * QuestionPending: the handler is run again from the start with the answer, so ask before the first change.
   */
  confirm(question: string): Promise<"accepted" | "declined" | "unsupported">;
  /** Takes the cause of a failure of our own, under the incident id the caller was shown. */
  report?(incident: string, error: unknown): void;
}

type TargetKind =
  | "workspace"
  | "space"
  | "folder"
  | "list"
  | "task"
  | "comment"
  | "doc"
  | "page"
  | "field"
  | "entry";

/** How a call of a tool ended. */
export type ToolOutcome =
  | "ok"
  | "input_required"
  | "user_error"
  | "upstream_error"
  | "unknown_outcome"
  | "refused_grant"
  | "internal_error"
  | "cancelled";

/** What a handler returns. `data` must satisfy the tool's `output` schema. */
interface ToolAnswer<O> {
  data: O;
  /** One or two sentences of our own words, without text written by people in ClickUp. */
  summary: string;
  /**
   * Compact text copy of `data`; may hold text written by people, so it is fenced as untrusted.
   * Without it `data` is rendered generically.
   */
  body?: string;
}

export interface ToolSpec<I extends z.ZodObject, O extends z.ZodObject> {
  name: `clickup_${string}`;
  tier: Tier;
  set: ToolSet;
  kind: ToolKind;
  title: string;
  /** A few words: what a model needs to choose the tool. */
  description: string;
  input: I;
  output: O;
  /** True for a tool that writes and can only add: nothing that is there is changed or lost by it. */
  adds?: boolean;
  /** True for tools that make many changes: they may run as a task. */
  bulk?: boolean;
  /** True for reading tools that say how far they are; others that read are not listened to for it. */
  progress?: boolean;
  /**
   * Arguments that can be emptied, and by what: by naming them in the argument "clear", or by the value "none". For
   * these null is refused; in other optional arguments it is the same as leaving them out.
   */
  emptied?: { arguments: readonly string[]; by: "clear" | "none" };
  /**
   * True for the few tools most conversations begin with. Clients that look tools up by search keep these in view
   * (`_meta["anthropic/alwaysLoad"]`); everything else is found when it is needed.
   */
  core?: boolean;
  /** True when the same call twice leaves the same state. Reads are always idempotent. */
  idempotent?: boolean;
  /** ClickUp operations it may use, e.g. "GET /v2/task/{task_id}". For the docs and the contract check. */
  operations: readonly string[];
  handler(params: z.output<I>, ctx: ToolContext): Promise<ToolAnswer<z.input<O>>>;
}

/** A tool with its types erased, as the catalog keeps it. */
export interface Tool extends Omit<ToolSpec<z.ZodObject, z.ZodObject>, "handler"> {
  handler(params: Record<string, unknown>, ctx: ToolContext): Promise<ToolAnswer<Record<string, unknown>>>;
}

/** Keeps the inference of `handler` from `input` and `output`, then erases it. */
export function defineTool<I extends z.ZodObject, O extends z.ZodObject>(spec: ToolSpec<I, O>): Tool {
  return spec;
}
