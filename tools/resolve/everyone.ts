/** People as an argument that also takes "all": every member of one Workspace. */
import type { ToolContext } from "../define.ts";
import { loadMembers, resolvePeople } from "./people.ts";
import type { PersonReference } from "./people.ts";

/** Undefined when nothing was asked. Throws UserInputError naming `argument`. */
export async function resolveEveryone(
  ctx: ToolContext,
  values: readonly string[] | undefined,
  argument: string,
  workspaceId: string,
): Promise<PersonReference[] | undefined> {
  if (values === undefined || values.length === 0) {
    return undefined;
  }
  if (values.some((value) => /^(all|everyone|everybody)$/i.test(value))) {
    const { workspaces } = await loadMembers(ctx);
    return workspaces.find((one) => one.id === workspaceId)?.members ?? [];
  }
  return await resolvePeople(ctx, values, argument, workspaceId);
}
