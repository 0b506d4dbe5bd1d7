/**
 * What a premium tool answers on the free plan, in the way the client can show best. The link is our own page
 * behind a sign-in: never a Checkout or portal URL, which would work for whoever holds it.
 *
 * - 2026-07-28 with `elicitation.url`: the client is asked to open the page, and calls again afterwards.
 * - 2025-11-25 with `elicitation.url`: error -32042, and `notifications/elicitation/complete` once premium is on.
 * - everyone else: a tool error with the link in words and in `structuredContent`.
 */
import {
  inputRequired,
  inputResponse,
  UrlElicitationRequiredError,
  type CallToolResult,
  type InputRequiredResult,
} from "@modelcontextprotocol/server";
import type { Tool } from "../../tools/define.ts";
import { REVISION } from "../rpc/names.ts";
import type { SessionHub } from "../mcp/hub.ts";
import type { Scope } from "../mcp/surface.ts";
import type { RequestStates } from "../secrets/request-state.ts";
import type { PaywallWaitStore } from "../stores/paywall-waits.ts";

const UPGRADE = "upgrade";

export interface PaywallParts {
  publicUrl: string;
  /** Random text that stands for the user in a link: the page compares it with the browser's user. */
  linkRef: () => string | null;
  waits: PaywallWaitStore;
  states: RequestStates;
  now_ms: () => number;
}

export class Paywall {
  readonly #parts: PaywallParts;

  constructor(parts: PaywallParts) {
    this.#parts = parts;
  }

  /** The page where this user, and nobody else, upgrades. */
  url(): string {
    const ref = this.#parts.linkRef();
    return `${this.#parts.publicUrl}/account/plan${ref === null ? "" : `/${ref}`}`;
  }

  /** @throws UrlElicitationRequiredError -32042 toward a 2025-11-25 client that opens URLs */
  async refuse(tool: Tool, scope: Scope): Promise<CallToolResult | InputRequiredResult> {
    const inWords = this.inWords(tool, scope);
    const message = `${tool.title} is a premium tool and this account is on the free plan. Upgrade to use it.`;
    if (!opensUrls(scope)) return inWords;
    if (scope.protocol >= REVISION.stateless) {
      const answer = inputResponse(scope.sdk?.mcpReq.inputResponses, UPGRADE);
      // Asked once: who comes back without premium is told so, instead of being sent round again.
      if (answer.kind !== "missing") return inWords;
      return inputRequired({
        inputRequests: { [UPGRADE]: inputRequired.elicitUrl({ message, url: this.url() }) },
        requestState: await this.#parts.states.mint(`${UPGRADE}:${tool.name}`, scope),
      });
    }
    const elicitationId = this.#wait(scope);
    if (scope.protocol < REVISION.polling || elicitationId === undefined) return inWords;
    throw new UrlElicitationRequiredError(
      [{ mode: "url", elicitationId, url: this.url(), message }],
      message,
    );
  }

  /** Premium is on: sessions that were sent to the page hear that they can call again. */
  async lifted(hub: SessionHub): Promise<void> {
    for (const { elicitationId, sessionId, deviceId } of this.#parts.waits.take()) {
      const session = await hub.get(sessionId, deviceId);
      await session?.send({
        jsonrpc: "2.0",
        method: "notifications/elicitation/complete",
        params: { elicitationId },
      });
    }
  }

  /** The refusal as every client can show it. */
  inWords(tool: Tool, { record }: Scope): CallToolResult & { content: [{ type: "text"; text: string }] } {
    record.outcome = "refused_tier";
    const upgrade_url = this.url();
    const text = `${tool.title} is a premium tool and this account is on the free plan. Upgrade: ${upgrade_url}`;
    return {
      content: [{ type: "text", text }],
      isError: true,
      structuredContent: { error: "premium_required", tool: tool.name, plan: "premium", upgrade_url },
    };
  }

  /** @returns the id under which the session waits; undefined for a request without one */
  #wait(scope: Scope): string | undefined {
    const sessionId = scope.sdk?.sessionId;
    if (sessionId === undefined) return undefined;
    const { waits, now_ms } = this.#parts;
    const known = waits.waiting(sessionId);
    if (known !== undefined) return known;
    const elicitationId = crypto.randomUUID();
    waits.add({ elicitationId, sessionId, deviceId: scope.principal.deviceId }, now_ms());
    return elicitationId;
  }
}

/** Only what the client declared: a bare `elicitation: {}` means forms. */
function opensUrls(scope: Scope): boolean {
  const elicitation = scope.capabilities?.elicitation as { url?: object } | undefined;
  return scope.sdk !== undefined && elicitation?.url !== undefined;
}
