/** The product's resources: ClickUp's through the tools that read them, and the account's own. */
import type { ReadResourceResult, Resource, ResourceTemplateType } from "@modelcontextprotocol/server";
import { callTool } from "../../tools/call/call.ts";
import { toolByName } from "../../tools/catalog.ts";
import { hierarchyTitle, hierarchyUri, RESOURCE_TEMPLATES, resourceCall } from "../../tools/resources.ts";
import { tierAllows } from "../../tools/tiers.ts";
import type { Gate } from "../limit/gate.ts";
import type { Resources, Scope } from "../mcp/surface.ts";
import type { Paywall } from "./paywall.ts";
import { skillFile } from "./skills.ts";
import type { ContextFactory } from "./tool-context.ts";
import type { JournalStore } from "../stores/journal.ts";

const JSON_TYPE = "application/json";
const RECENT_EVENTS = 50;

const ACCOUNT: readonly Resource[] = [
  {
    uri: "account://plan",
    name: "plan",
    title: "Plan",
    description: "Your plan and its limits.",
    mimeType: JSON_TYPE,
  },
  {
    uri: "account://usage",
    name: "usage",
    title: "Usage",
    description: "Requests of the last minute.",
    mimeType: JSON_TYPE,
  },
  {
    uri: "account://activity",
    name: "activity",
    title: "Activity",
    description: "What your connected clients did last.",
    mimeType: JSON_TYPE,
  },
];

export class ProductResources implements Resources {
  readonly #context: ContextFactory;
  readonly #gate: Gate;
  readonly #journal: JournalStore;
  readonly #paywall: Paywall;
  readonly #workspaces: () => { id: string; name: string }[];

  constructor(
    context: ContextFactory,
    paywall: Paywall,
    parts: { gate: Gate; journal: JournalStore; workspaces: () => { id: string; name: string }[] },
  ) {
    this.#context = context;
    this.#gate = parts.gate;
    this.#journal = parts.journal;
    this.#paywall = paywall;
    this.#workspaces = parts.workspaces;
  }

  /** What needs no call to ClickUp to be listed; tasks, lists and pages are reached by their templates. */
  async list(scope: Scope): Promise<Resource[]> {
    const allowed = scope.grant.workspaces;
    const trees = this.#workspaces()
      .filter((w) => allowed === null || allowed.includes(w.id))
      .map((w) => ({
        uri: hierarchyUri(w.id),
        name: `hierarchy-${w.id}`,
        title: hierarchyTitle(w),
        mimeType: "text/plain",
      }));
    return [...trees, ...ACCOUNT];
  }

  templates(): ResourceTemplateType[] {
    return RESOURCE_TEMPLATES.map((t) => ({ ...t, mimeType: "text/plain" }));
  }

  async read(uri: string, scope: Scope): Promise<ReadResourceResult | undefined> {
    const own = this.#account(uri, scope);
    if (own !== undefined) return { contents: [{ uri, mimeType: JSON_TYPE, text: JSON.stringify(own) }] };
    const skill = await skillFile(uri);
    if (skill !== undefined) return { contents: [{ uri, mimeType: "text/markdown", text: skill }] };
    const call = resourceCall(uri, scope.grant.toolSets);
    const tool = call === undefined ? undefined : toolByName(call.tool);
    if (call === undefined || tool === undefined) return undefined;
    const plain = (text: string) => ({ contents: [{ uri, mimeType: "text/plain", text }] });
    if (!tierAllows(scope.tier, tool.tier)) {
      return plain(this.#paywall.inWords(tool, scope).content[0].text);
    }
    const made = await this.#context(scope);
    if (!made.ok) {
      scope.record.outcome = "upstream_error";
      return plain(made.message);
    }
    const { outcome, result, incident } = await callTool(tool, call.args, made.context);
    scope.record.outcome = outcome;
    scope.record.upstream_calls = made.context.clickup.calls;
    if (incident !== undefined) scope.record.incident = incident;
    return plain(result.content.map((c) => c.text).join("\n"));
  }

  #account(uri: string, scope: Scope): unknown {
    const { limit, remaining, reset_ms } = this.#gate.status(scope.tier);
    // Without rate limiting there is no number to name.
    const requests_per_minute = Number.isInteger(limit) ? limit : null;
    const { deviceId } = scope.principal;
    const narrowed = scope.grant.workspaces !== null || scope.grant.toolSets !== null;
    switch (uri) {
      case "account://plan":
        return { tier: scope.tier, requests_per_minute };
      case "account://usage":
        return {
          requests_per_minute,
          ...(requests_per_minute === null ? {} : { used_last_minute: limit - remaining }),
          reset_s: Math.ceil(reset_ms / 1000),
        };
      case "account://activity":
        // A device that may see only a part sees what it did itself.
        return this.#journal
          .recent(RECENT_EVENTS)
          .filter((e) => !narrowed || e.deviceId === deviceId)
          .map((e) => ({
            time: new Date(e.t_ms).toISOString(),
            client: e.client,
            method: e.method,
            ...(e.tool === null ? {} : { tool: e.tool }),
            outcome: e.outcome ?? "running",
            ...(e.targets === undefined || e.targets.length === 0 ? {} : { targets: e.targets }),
          }));
      default:
        return undefined;
    }
  }
}
