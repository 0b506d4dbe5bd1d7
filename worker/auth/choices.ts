/** What a person chose for a device on one of our forms. */
import type { Grant, ToolSet, Workspace } from "../../tools/define.ts";
import { isLifetime, LIFETIMES, TOOL_SET_NAMES, type Lifetime } from "../pages/choice-texts.ts";
import { accessOf } from "./scopes.ts";

export interface Choices {
  grant: Grant;
  lifetime: Lifetime;
}

export type Chosen<T> = { ok: true; value: T } | { ok: false; message: string };

/**
 * Reads access, tool sets, Workspaces and lifetime of a form.
 * @param known the Workspaces the form offered; `null` when it offered none (they are asked for later)
 */
export function readChoices(form: URLSearchParams, known: Workspace[] | null): Chosen<Choices> {
  const access = accessOf(form.get("access"));
  if (access === null) return { ok: false, message: "Choose between read only, and read and write." };
  const toolSets = readToolSets(form);
  if (!toolSets.ok) return toolSets;
  const workspaces = known === null ? { ok: true as const, value: null } : readWorkspaces(form, known);
  if (!workspaces.ok) return workspaces;
  const lifetime = form.get("lifetime") ?? "until";
  if (!isLifetime(lifetime)) return { ok: false, message: "Choose how long it may be used." };
  return {
    ok: true,
    value: { grant: { access, toolSets: toolSets.value, workspaces: workspaces.value }, lifetime },
  };
}

/** The Workspaces of a form, each one of `known`; `null`: all of them, also later ones. */
export function readWorkspaces(form: URLSearchParams, known: Workspace[]): Chosen<string[] | null> {
  const scope = form.get("workspaces") ?? "all";
  if (scope === "all") return { ok: true, value: null };
  const ids = [...new Set(form.getAll("workspace"))];
  if (scope !== "some" || ids.length === 0) return { ok: false, message: "Choose at least one Workspace." };
  return ids.every((id) => known.some((one) => one.id === id))
    ? { ok: true, value: ids }
    : { ok: false, message: "One of the Workspaces is not yours." };
}

function readToolSets(form: URLSearchParams): Chosen<ToolSet[] | null> {
  const scope = form.get("tool_sets") ?? "all";
  if (scope === "all") return { ok: true, value: null };
  const named = form.getAll("tool_set");
  const sets = TOOL_SET_NAMES.filter((set) => named.includes(set));
  if (scope !== "some" || sets.length === 0) return { ok: false, message: "Choose at least one tool set." };
  if (named.some((name) => !TOOL_SET_NAMES.some((set) => set === name)))
    return { ok: false, message: "There is no such tool set." };
  return { ok: true, value: sets };
}

/** When access that begins now ends, ms since the epoch; `null`: when it is stopped. */
export function expiryOf(lifetime: Lifetime, now_ms: number): number | null {
  const { seconds } = LIFETIMES[lifetime];
  return seconds === null ? null : now_ms + seconds * 1000;
}
