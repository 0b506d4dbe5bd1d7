/**
 * What an MCP endpoint offers, apart from how the protocol carries it. The product's surface is
 * `objects/product/surface.ts`; tests serve their own through the same lanes.
 */
import type {
  CallToolResult,
  ClientCapabilities,
  CompleteRequestParams,
  CompleteResult,
  GetPromptResult,
  Implementation,
  InputRequiredResult,
  JSONObject,
  Prompt,
  ReadResourceResult,
  Resource,
  ResourceTemplateType,
  ServerCapabilities,
  ServerContext,
  Tool,
} from "@modelcontextprotocol/server";
import type { Grant, StopSignal } from "../../tools/define.ts";
import type { Tier } from "../../tools/tiers.ts";
import type { Principal } from "../rpc/user.ts";
import type { Outcome } from "../rpc/views.ts";

/** Filled while a call runs; written to the journal when it ends. */
interface CallRecord {
  outcome: Outcome;
  upstream_calls: number;
  targets: Set<string>;
  incident?: string;
}

/** One admitted request as a surface sees it. */
export interface Scope {
  principal: Principal;
  grant: Grant;
  tier: Tier;
  /** MCP revision the request was sent for. */
  protocol: string;
  requestId: string;
  /** Aborts when the client goes away or cancels. */
  signal: StopSignal;
  record: CallRecord;
  /** Sends a progress notification; does nothing when the client asked for none or cannot receive it. */
  progress(done: number, total: number, message?: string): void;
  /** The SDK's context: logging, what the client answered. Absent on calls answered without the SDK's server. */
  sdk?: ServerContext;
  /** What the client declared it can do; absent like `sdk`. */
  capabilities?: ClientCapabilities;
  /** How long the call may take, ms. */
  deadline_ms: number;
  /** False once the device was stopped, has expired, or may less than when the call was admitted. */
  stillAllowed(): boolean;
  /** Aborts the signal. */
  stop(reason: unknown): void;
  /** From now on the signal also aborts when the time is up. */
  startDeadline(): void;
}

/** A list as prepared once per isolate: the values and their JSON text. */
export interface PreparedTools {
  tools: readonly Tool[];
  /** JSON of `tools`. */
  json: string;
}

/** What admission and the journal need to know of a message before it runs. */
export interface CallDescription {
  tool: string | null;
  fields: string[];
  ids: Record<string, string>;
  /** False for calls that are refused for free (a premium tool on the free tier). */
  counted: boolean;
  writes: boolean;
}

export interface Resources {
  list(scope: Scope): Promise<Resource[]>;
  templates(scope: Scope): ResourceTemplateType[];
  /** @returns undefined when there is no resource of that URI */
  read(uri: string, scope: Scope): Promise<ReadResourceResult | InputRequiredResult | undefined>;
}

export interface Prompts {
  list(scope: Scope): Prompt[];
  /** @returns undefined when there is no prompt of that name */
  get(
    name: string,
    args: Record<string, string>,
    scope: Scope,
  ): Promise<GetPromptResult | InputRequiredResult | undefined>;
}

/** A skill: the URI of its SKILL.md, its frontmatter, and every file with its "sha256:" digest and size in bytes. */
export interface SkillEntry {
  uri: string;
  frontmatter: { name: string; description: string };
  resources: { uri: string; digest: string; size: number }[];
}

/** Agent Skills: each file is a resource, read as any other. */
export interface Skills {
  list(scope: Scope): Promise<SkillEntry[]>;
}

/** Signs what goes through the client in multi-round requests, and verifies what comes back. */
export interface RequestStateVerifier {
  /** @throws when the state is not ours, was changed, is too old or was used before */
  verify(state: string, scope: Scope): Promise<unknown>;
}

export interface Surface {
  info: Implementation;
  instructions: string;
  capabilities: ServerCapabilities;
  /** How long clients of 2026-07-28 may keep lists, ms. */
  listTtl_ms: number;
  tools(scope: Pick<Scope, "tier" | "grant">): PreparedTools;
  /** @returns undefined when there is no tool of that name */
  callTool(
    name: string,
    args: JSONObject,
    scope: Scope,
  ): Promise<CallToolResult | InputRequiredResult | undefined>;
  /**
   * Whether a call runs as a task (2026-07-28, extension io.modelcontextprotocol/tasks): "may" where the client
   * knows tasks, "must" where it is refused otherwise.
   */
  taskMode?(name: string, args: JSONObject, scope: Scope): "never" | "may" | "must";
  /**
   * Whether a call needs nothing of the client but that it takes the answer: it asks nothing and says nothing on its
   * way. Such a call of a session is answered without the session's server.
   */
  direct?(name: string, tier: Tier): boolean;
  describeCall(method: string, params: unknown, tier: Tier): CallDescription;
  resources?: Resources;
  prompts?: Prompts;
  skills?: Skills;
  complete?(params: CompleteRequestParams, scope: Scope): Promise<CompleteResult["completion"]>;
  requestState?: RequestStateVerifier;
}
