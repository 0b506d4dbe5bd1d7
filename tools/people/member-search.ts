/** Looking people up without failing: every name ends as one person, several candidates, or the nearest. */
import type { Person } from "../clickup/people.ts";
import type { ToolContext } from "../define.ts";
import { closest, sameName } from "../words/names.ts";
import { loadMembers, matchPeople } from "../resolve/people.ts";

export interface Lookup {
  wanted: string;
  /** Exactly one: found. More: the name is ambiguous. None: see `nearest`. */
  found: Person[];
  nearest: Person[];
}

/** Every member of the usable Workspaces, each once. */
async function everyone(
  ctx: ToolContext,
  maxAge_ms?: number,
): Promise<{ members: Person[]; fresh: boolean }> {
  const { workspaces, fresh } = await loadMembers(ctx, maxAge_ms);
  const members = new Map(workspaces.flatMap((one) => one.members).map((one) => [one.id, one]));
  return { members: [...members.values()], fresh };
}

/** Each name looked up among the kept people; read again, once for all, when one is not among them. */
export async function lookUpPeople(ctx: ToolContext, names: readonly string[]): Promise<Lookup[]> {
  const kept = await everyone(ctx);
  const lookups = names.map((name) => lookUp(ctx, kept.members, name));
  if (kept.fresh || lookups.every((one) => one.found.length > 0)) {
    return lookups;
  }
  const { members } = await everyone(ctx, 0);
  return names.map((name) => lookUp(ctx, members, name));
}

function lookUp(ctx: ToolContext, members: readonly Person[], wanted: string): Lookup {
  const id = /^(me|myself)$/i.test(wanted) ? ctx.user.clickupUserId : wanted;
  const byId = members.filter((one) => one.id === id);
  const found = byId.length > 0 ? byId : matchPeople(members, wanted);
  return { wanted, found, nearest: found.length > 0 ? [] : closest(wanted, members, (one) => one.username) };
}

/** Members whose name or e-mail holds every word of `query`, best first; else those with the nearest names. */
export async function searchPeople(
  ctx: ToolContext,
  query: string,
): Promise<{ found: Person[]; near: boolean }> {
  const kept = await everyone(ctx);
  let found = matching(ctx, kept.members, query);
  let { members } = kept;
  if (found.length === 0 && !kept.fresh) {
    ({ members } = await everyone(ctx, 0));
    found = matching(ctx, members, query);
  }
  return found.length > 0
    ? { found, near: false }
    : { found: closest(query, members, (one) => one.username), near: true };
}

function matching(ctx: ToolContext, members: readonly Person[], query: string): Person[] {
  const exact = lookUp(ctx, members, query).found;
  const words = sameName(query).replace(/^@/, "").split(" ");
  const holding = members.filter((one) => {
    const text = sameName(`${one.username} ${one.email ?? ""}`);
    return words.every((word) => text.includes(word));
  });
  return [...new Map([...exact, ...holding].map((one) => [one.id, one])).values()];
}
