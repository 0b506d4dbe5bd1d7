/** What a device's grant lets through. Tool sets and reading are decided here; Workspaces where ids are resolved. */
import type { Grant, Tool, ToolContext, ToolSet } from "../define.ts";
import { NotGrantedError } from "../words/errors.ts";

/** True when the grant allows the tool at all. */
export function grantAllows(grant: Pick<Grant, "access" | "toolSets">, tool: Tool): boolean {
  const mayWrite = grant.access === "write" || tool.kind === "read";
  return mayWrite && (grant.toolSets === null || grant.toolSets.includes(tool.set));
}

/**
 * For an argument that reaches what another tool set is for, such as the comments of a task.
 * @throws NotGrantedError when the device may not use that set
 */
export function requireToolSet({ grant }: ToolContext, set: ToolSet, argument: string): void {
  if (grant.toolSets === null || grant.toolSets.includes(set)) return;
  throw new NotGrantedError(
    `${argument}: this device may not use ${set} tools. Leave it out; the device's owner can change that on the account page.`,
  );
}
