/** A hierarchy as rows that can be paged, nested again for the answer, and drawn as an indented tree. */
import type { FolderNode, ListNode, SpaceNode } from "../resolve/hierarchy.ts";

export type Depth = "spaces" | "folders" | "lists";

export interface HierarchyRow {
  space: SpaceNode;
  folder?: FolderNode;
  list?: ListNode;
}

export function hierarchyRows(spaces: readonly SpaceNode[], depth: Depth): HierarchyRow[] {
  return spaces.flatMap((space): HierarchyRow[] => {
    const own: HierarchyRow = { space };
    if (depth === "spaces") {
      return [own];
    }
    const folders = space.folders.flatMap((folder): HierarchyRow[] => {
      const lists = depth === "lists" ? folder.lists.map((list) => ({ space, folder, list })) : [];
      return [{ space, folder }, ...lists];
    });
    const lists = depth === "lists" ? space.lists.map((list) => ({ space, list })) : [];
    return [own, ...folders, ...lists];
  });
}

/** Characters one row takes in the answer, about. */
export function rowSize(row: HierarchyRow): number {
  return JSON.stringify(node(row.list ?? row.folder ?? row.space)).length;
}

interface Nested {
  id: string;
  name: string;
  archived?: true;
  unreadable?: true;
  folders?: (ListNode & { lists?: ListNode[] })[];
  lists?: ListNode[];
}

/** Rows as a tree again; the places above a page's first row are repeated. */
export function nestRows(rows: readonly HierarchyRow[]): Nested[] {
  const spaces = new Map<string, Nested>();
  for (const { space, folder, list } of rows) {
    const inSpace = spaces.get(space.id) ?? {
      ...node(space),
      ...(space.unreadable === true ? { unreadable: true as const } : {}),
    };
    spaces.set(space.id, inSpace);
    if (folder === undefined) {
      if (list !== undefined) {
        inSpace.lists = [...(inSpace.lists ?? []), node(list)];
      }
      continue;
    }
    inSpace.folders ??= [];
    let inFolder = inSpace.folders.find((one) => one.id === folder.id);
    if (inFolder === undefined) {
      inFolder = node(folder);
      inSpace.folders.push(inFolder);
    }
    if (list !== undefined) {
      inFolder.lists = [...(inFolder.lists ?? []), node(list)];
    }
  }
  return [...spaces.values()];
}

/** An indented tree: one line each, with the kind told by its sign. */
export function renderRows(rows: readonly HierarchyRow[]): string {
  return rows
    .map(({ space, folder, list }) => {
      const place = list ?? folder ?? space;
      const marks = `${place.archived === true ? " archived" : ""}${list === undefined && folder === undefined && space.unreadable === true ? " unreadable" : ""}`;
      const kind = list !== undefined ? "list" : folder !== undefined ? "folder" : "space";
      const indent = list === undefined ? (folder === undefined ? 0 : 1) : folder === undefined ? 1 : 2;
      return `${"  ".repeat(indent)}${kind} ${place.name} (${place.id})${marks}`;
    })
    .join("\n");
}

function node(place: ListNode): ListNode {
  return { id: place.id, name: place.name, ...(place.archived === true ? { archived: true as const } : {}) };
}
