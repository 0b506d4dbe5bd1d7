/** Which Workspaces a call may use, and which one an argument means. */
import type { ToolContext, Workspace } from "../define.ts";
import { ambiguous, candidateText, NotGrantedError, notFound, UserInputError } from "../words/errors.ts";
import { sameName, shown } from "../words/names.ts";
import { parseUrl } from "./reference.ts";

/** True when the device may use only some Workspaces: then every id must be shown to lie in one of them. */
export function seesSomeWorkspaces(ctx: ToolContext): boolean {
  return ctx.grant.workspaces !== null;
}

/** The Workspaces to look in, the default one first. */
export function usableWorkspaces(ctx: ToolContext): Workspace[] {
  const { workspaces, defaultWorkspaceId } = ctx.user;
  const first = workspaces.filter((one) => one.id === defaultWorkspaceId);
  return [...first, ...workspaces.filter((one) => one.id !== defaultWorkspaceId)];
}

/**
 * Throws NotGrantedError when the device was not allowed that Workspace. An id the account does not list is
 * let through for an unnarrowed grant: the person may have joined it since.
 */
export function requireWorkspace(ctx: ToolContext, workspaceId: string | undefined): void {
  if (seesSomeWorkspaces(ctx) && !ctx.user.workspaces.some((one) => one.id === workspaceId)) {
    throw new NotGrantedError(
      workspaceId === undefined
        ? "This device may use only some Workspaces, and ClickUp did not say which one this belongs to."
        : `This device is not allowed to use Workspace ${shown(workspaceId)}. Its owner can change that by connecting it again.`,
    );
  }
}

/**
 * The Workspace an argument names by id, URL or name; without it the only one, or the one the person chose.
 * Naming one changes nothing for later calls: they may come from another client of the same person.
 */
export function resolveWorkspace(
  ctx: ToolContext,
  value: string | undefined,
  argument = "workspace",
): Workspace {
  const found = value === undefined ? unnamed(ctx, argument) : named(ctx, value, argument);
  ctx.touch("workspace", found.id);
  return found;
}

function unnamed(ctx: ToolContext, argument: string): Workspace {
  const [first, second] = usableWorkspaces(ctx);
  if (first === undefined) {
    throw new NotGrantedError(
      "This device may use no Workspace. Its owner can change that by connecting it again.",
    );
  }
  if (second !== undefined && first.id !== ctx.user.defaultWorkspaceId) {
    const names = ctx.user.workspaces.map(candidateText).join(", ");
    throw new UserInputError(`There are several Workspaces: name one as ${argument}: ${names}.`, {
      argument,
    });
  }
  return first;
}

function named(ctx: ToolContext, value: string, argument: string): Workspace {
  const { workspaces } = ctx.user;
  const url = parseUrl(value);
  const id = url === undefined ? value : (url.workspaceId ?? url.id);
  const byId = workspaces.find((one) => one.id === id);
  if (byId !== undefined) {
    return byId;
  }
  const byName = workspaces.filter((one) => sameName(one.name) === sameName(value));
  if (byName.length > 1) {
    throw ambiguous("Workspace", value, byName, argument);
  }
  if (byName[0] === undefined) {
    throw notFound("Workspace", value, workspaces, argument);
  }
  return byName[0];
}
