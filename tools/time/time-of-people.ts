/**
 * Time entries of several people. ClickUp refuses the whole request when one of them may not be seen, and OAuth tokens
 * may name one person at a time (seen by several): then each is asked for alone, and who was refused is named.
 */
import { ClickUpError } from "../clickup/errors.ts";
import { getTimeEntries } from "../clickup/time.ts";
import type { TimeEntryQuery, TimeEntryRecord } from "../clickup/time.ts";
import type { ToolContext } from "../define.ts";
import type { PersonReference } from "../resolve/people.ts";

export interface TimeOfPeople {
  entries: TimeEntryRecord[];
  /** People whose time ClickUp would not show. */
  refused: PersonReference[];
}

const refuses = (error: unknown): error is ClickUpError =>
  error instanceof ClickUpError && error.kind === "permission";

/** One request when ClickUp answers for all at once. Throws what refuses everybody alike. */
export async function timeOfPeople(
  ctx: ToolContext,
  workspaceId: string,
  query: Omit<TimeEntryQuery, "userIds">,
  people: readonly PersonReference[] | undefined,
): Promise<TimeOfPeople> {
  const ids = people?.map((one) => one.id);
  try {
    const entries = await getTimeEntries(ctx.clickup, workspaceId, {
      ...query,
      ...(ids === undefined ? {} : { userIds: ids }),
    });
    return { entries, refused: [] };
  } catch (error) {
    if (people === undefined || people.length < 2 || !refuses(error)) {
      throw error;
    }
    return await oneByOne(ctx, workspaceId, query, people, error);
  }
}

async function oneByOne(
  ctx: ToolContext,
  workspaceId: string,
  query: Omit<TimeEntryQuery, "userIds">,
  people: readonly PersonReference[],
  first: ClickUpError,
): Promise<TimeOfPeople> {
  const entries: TimeEntryRecord[] = [];
  const refused: PersonReference[] = [];
  for (const person of people) {
    try {
      entries.push(...(await getTimeEntries(ctx.clickup, workspaceId, { ...query, userIds: [person.id] })));
    } catch (error) {
      if (!refuses(error)) {
        throw error;
      }
      refused.push(person);
    }
  }
  if (refused.length === people.length) {
    throw first;
  }
  return { entries, refused };
}
