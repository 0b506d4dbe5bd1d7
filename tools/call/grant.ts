/** What a device's grant lets through. Tool sets and reading are decided here; Workspaces where ids are resolved. */
import type { Grant, Tool } from "../define.ts";

/** True when the grant allows the tool at all. */
export function grantAllows(grant: Pick<Grant, "access" | "toolSets">, tool: Tool): boolean {
  const mayWrite = grant.access === "write" || tool.kind === "read";
  return mayWrite && (grant.toolSets === null || grant.toolSets.includes(tool.set));
}
