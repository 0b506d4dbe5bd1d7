/** People by id, "me", e-mail or name, through the kept people of the usable Workspaces (GET /v2/team). */
import { cached } from "../kept/cached.ts";
import { getWorkspaces } from "../clickup/people.ts";
import type { Person, WorkspaceRecord } from "../clickup/people.ts";
import type { ToolContext } from "../define.ts";
import { ambiguous, notFound } from "../words/errors.ts";
import { foldedName, sameName } from "../words/names.ts";

const MEMBERS_AGE_MS = 600_000;

/** A person as far as known: an id given as such has no name. */
export type PersonReference = Pick<Person, "id"> & Partial<Person>;

/** Workspaces with their people, narrowed to those the device may use; one request when not kept. */
export async function loadMembers(
  ctx: ToolContext,
  maxAge_ms = MEMBERS_AGE_MS,
): Promise<{ workspaces: WorkspaceRecord[]; fresh: boolean }> {
  const { value, fresh } = await cached(
    ctx,
    "members",
    { ttl_ms: MEMBERS_AGE_MS, maxAge_ms },
    async () => await getWorkspaces(ctx.clickup),
  );
  const usable = new Set(ctx.user.workspaces.map((one) => one.id));
  return { workspaces: value.filter((one) => usable.has(one.id)), fresh };
}

/**
 * Each value as a person, without doubles. "me" and ids need no request. With `workspaceId` only its
 * members count. Throws UserInputError naming `argument` for an unknown or ambiguous name.
 */
export async function resolvePeople(
  ctx: ToolContext,
  values: readonly string[],
  argument: string,
  workspaceId?: string,
): Promise<PersonReference[]> {
  const people: PersonReference[] = [];
  for (const value of values) {
    people.push(directPerson(ctx, value) ?? (await findPerson(ctx, value, argument, workspaceId)));
  }
  return [...new Map(people.map((one) => [one.id, one])).values()];
}

function directPerson(ctx: ToolContext, value: string): PersonReference | undefined {
  if (/^(me|myself)$/i.test(value)) {
    return { id: ctx.user.clickupUserId, username: ctx.user.username };
  }
  return /^\d+$/.test(value) ? { id: value } : undefined;
}

async function findPerson(
  ctx: ToolContext,
  value: string,
  argument: string,
  workspaceId: string | undefined,
): Promise<Person> {
  const kept = await loadMembers(ctx);
  let members = membersOf(kept.workspaces, workspaceId);
  let found = matchPeople(members, value);
  if (found.length === 0 && !kept.fresh) {
    members = membersOf((await loadMembers(ctx, 0)).workspaces, workspaceId);
    found = matchPeople(members, value);
  }
  if (found.length > 1) {
    throw ambiguous("member", value, found.map(candidate), argument);
  }
  if (found[0] === undefined) {
    throw notFound("member", value, members.map(candidate), argument);
  }
  return found[0];
}

function membersOf(workspaces: WorkspaceRecord[], workspaceId: string | undefined): Person[] {
  const chosen = workspaces.filter((one) => workspaceId === undefined || one.id === workspaceId);
  return [...new Map(chosen.flatMap((one) => one.members).map((one) => [one.id, one])).values()];
}

/** By e-mail, else whole name, else one word of the name ("Ann" for "Ann Lee"). */
export function matchPeople(members: readonly Person[], value: string): Person[] {
  const wanted = sameName(value).replace(/^@/, "");
  const byMail = members.filter((one) => one.email?.toLowerCase() === wanted);
  if (byMail.length > 0) {
    return byMail;
  }
  const byName = members.filter((one) => sameName(one.username) === wanted);
  if (byName.length > 0) {
    return byName;
  }
  const byWord = members.filter((one) => sameName(one.username).split(" ").includes(wanted));
  if (byWord.length > 0) {
    return byWord;
  }
  // "Muller" for "Müller": only where nobody is called so.
  const folded = foldedName(wanted);
  const byFolded = members.filter((one) => foldedName(one.username) === folded);
  return byFolded.length > 0
    ? byFolded
    : members.filter((one) => foldedName(one.username).split(" ").includes(folded));
}

function candidate(person: Person) {
  const path = person.email === undefined ? person.username : `${person.username} <${person.email}>`;
  return { id: person.id, name: person.username, path };
}
