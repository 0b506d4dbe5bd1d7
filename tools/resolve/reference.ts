/** Reading what stands for a ClickUp object: a URL of ClickUp's app, or a text (an id or a name). */

type ReferenceKind = "task" | "list" | "folder" | "space" | "doc" | "workspace";

export interface UrlReference {
  kind: ReferenceKind;
  id: string;
  workspaceId?: string;
}

const VIEW_MARKS: Record<string, ReferenceKind> = {
  li: "list",
  f: "folder",
  s: "space",
  dc: "doc",
  docs: "doc",
  d: "doc",
};
/** Views are named "TYPE-ID-NUMBER" after the place they show. */
const VIEW_TYPES: Record<string, ReferenceKind> = { "4": "space", "5": "folder", "6": "list" };

/** An address of ClickUp's app as people copy it: the scheme may be left out. */
const BARE = /^(?:[\w-]+\.)*clickup\.com\//i;

/** True when the text is a link, of ClickUp or not. */
export function isUrl(text: string): boolean {
  const trimmed = text.trim();
  return /^https?:\/\//i.test(trimmed) || BARE.test(trimmed);
}

function withScheme(text: string): string {
  return BARE.test(text) ? `https://${text}` : text;
}

/**
 * What a link of ClickUp's app points at: app.clickup.com/t/ID, /t/WORKSPACE/CUSTOM-ID,
 * /WORKSPACE/v/li/ID (list), /v/f/ID (folder), /v/s/ID (space), /v/dc/ID or /WORKSPACE/docs/ID (doc),
 * /v/l/6-ID-1 (view of a list).
 * Undefined for any other link or text.
 */
export function parseUrl(text: string): UrlReference | undefined {
  const address = withScheme(text.trim());
  if (!isUrl(text) || !URL.canParse(address)) {
    return undefined;
  }
  const url = new URL(address);
  if (url.hostname !== "clickup.com" && !url.hostname.endsWith(".clickup.com")) {
    return undefined;
  }
  const parts = url.pathname.split("/").filter((part) => part !== "");
  const task = parts.indexOf("t");
  if (task !== -1) {
    return taskUrl(parts, task);
  }
  const workspaceId = /^\d+$/.test(parts[0] ?? "") ? parts[0] : undefined;
  if (workspaceId === undefined) {
    return undefined;
  }
  return viewUrl(parts, workspaceId) ?? { kind: "workspace", id: workspaceId };
}

function taskUrl(parts: string[], mark: number): UrlReference | undefined {
  const [first, second] = parts.slice(mark + 1);
  if (first === undefined) {
    return undefined;
  }
  if (second !== undefined) {
    return { kind: "task", id: second, workspaceId: first };
  }
  const before = parts[mark - 1] ?? parts[0];
  return { kind: "task", id: first, ...(/^\d+$/.test(before ?? "") ? { workspaceId: before } : {}) };
}

function viewUrl(parts: string[], workspaceId: string): UrlReference | undefined {
  for (const [index, part] of parts.entries()) {
    const next = parts[index + 1];
    const kind = VIEW_MARKS[part];
    if (index > 0 && kind !== undefined && next !== undefined) {
      return { kind, id: next, workspaceId };
    }
    const view = /^([456])-(\d+)-\d+$/.exec(part);
    if (view !== null) {
      const [, type, id] = view;
      const viewed = VIEW_TYPES[type ?? ""];
      return viewed === undefined || id === undefined ? undefined : { kind: viewed, id, workspaceId };
    }
  }
  return undefined;
}
