/** Docs and their pages (ClickUp API v3). Ids of Docs and pages look like "8cdu22c-10013". */
import type { ClickUpClient } from "./client.ts";
import { unknownOutcome } from "./errors.ts";
import type { Query } from "./http.ts";
import { flag, items, num, present, record, text, words } from "./lenient.ts";
import type { Json } from "./lenient.ts";
import { path } from "./path.ts";

/** ClickUp's numbers for what a Doc may hang on. */
export const PARENT_TYPES = { space: 4, folder: 5, list: 6, everything: 7, workspace: 12 } as const;
type DocParentKind = keyof typeof PARENT_TYPES;

export interface DocParent {
  kind?: DocParentKind;
  id: string;
}

export interface DocRecord {
  id: string;
  name: string;
  workspaceId: string;
  parent?: DocParent;
  /** Id of the person who made it. */
  creator?: string;
  public?: boolean;
  archived?: boolean;
  created_ms?: number;
  updated_ms?: number;
}

/** A page without its content. */
export interface PageNode {
  id: string;
  name: string;
  parent?: string;
  /** 0 for a page directly in the Doc. */
  depth: number;
}

export interface PageRecord {
  id: string;
  name: string;
  subtitle?: string;
  parent?: string;
  content: string;
  creator?: string;
  created_ms?: number;
  updated_ms?: number;
}

export interface DocAddress {
  id: string;
  workspaceId: string;
}

export type ContentFormat = "text/md" | "text/plain";

/** One page of Docs. ClickUp takes limits from 10 to 100. */
export async function searchDocs(
  clickup: ClickUpClient,
  workspaceId: string,
  query: Query,
): Promise<{ docs: DocRecord[]; next_cursor?: string }> {
  const answer = record(
    await clickup.request<Json>({ method: "GET", path: path`/v3/workspaces/${workspaceId}/docs`, query }),
  );
  return {
    docs: items(answer["docs"], (json) => readDoc(json, workspaceId)),
    ...present("next_cursor", words(answer["next_cursor"])),
  };
}

export async function getDoc(clickup: ClickUpClient, doc: DocAddress): Promise<DocRecord> {
  const answer = await clickup.request<Json>({
    method: "GET",
    path: path`/v3/workspaces/${doc.workspaceId}/docs/${doc.id}`,
  });
  return readDoc({ id: doc.id, ...record(answer) }, doc.workspaceId) ?? { ...doc, name: "" };
}

export interface NewDoc {
  name: string;
  parent?: { id: string; type: number };
  visibility?: string;
  /** False: without the empty first page that ClickUp adds by itself. */
  create_page: boolean;
}

/** Creates a Doc. A lost answer is an unknown outcome, never repeated. */
export async function createDoc(
  clickup: ClickUpClient,
  workspaceId: string,
  body: NewDoc,
): Promise<DocRecord> {
  const verify = "clickup_document_list";
  const answer = await clickup.request<Json>({
    method: "POST",
    path: path`/v3/workspaces/${workspaceId}/docs`,
    body,
    verify,
  });
  const doc = readDoc(record(answer), workspaceId);
  if (doc === undefined) {
    throw unknownOutcome(verify, 200);
  }
  return doc;
}

/** Every page down to `depth` levels below the first (all without it), parents before their children. */
export async function getPageListing(
  clickup: ClickUpClient,
  doc: DocAddress,
  depth?: number,
): Promise<PageNode[]> {
  const answer = await clickup.request<unknown>({
    method: "GET",
    path: path`/v3/workspaces/${doc.workspaceId}/docs/${doc.id}/page_listing`,
    ...(depth === undefined ? {} : { query: { max_page_depth: depth } }),
  });
  return flatten(Array.isArray(answer) ? answer : record(answer)["pages"], 0);
}

/** Pages nest in `pages`. A loop in the answer cannot be: it is a tree of JSON. */
function flatten(value: unknown, depth: number, parent?: string): PageNode[] {
  return items(value, (json) => {
    const id = text(json["id"]);
    return id === undefined
      ? undefined
      : [
          {
            id,
            name: text(json["name"]) ?? "",
            depth,
            ...present("parent", words(json["parent_page_id"]) ?? parent),
          },
          ...flatten(json["pages"], depth + 1, id),
        ];
  }).flat();
}

export async function getPage(
  clickup: ClickUpClient,
  doc: DocAddress,
  pageId: string,
  format: ContentFormat = "text/md",
): Promise<PageRecord> {
  const answer = await clickup.request<Json>({
    method: "GET",
    path: path`/v3/workspaces/${doc.workspaceId}/docs/${doc.id}/pages/${pageId}`,
    query: { content_format: format },
  });
  return readPage({ id: pageId, ...record(answer) }) ?? { id: pageId, name: "", content: "" };
}

export interface NewPage {
  name: string;
  content?: string;
  content_format?: ContentFormat;
  parent_page_id?: string;
}

/** Creates a page; undefined when ClickUp answered without one. A lost answer is an unknown outcome. */
export async function createPage(
  clickup: ClickUpClient,
  doc: DocAddress,
  body: NewPage,
): Promise<PageRecord | undefined> {
  const answer = await clickup.request<Json>({
    method: "POST",
    path: path`/v3/workspaces/${doc.workspaceId}/docs/${doc.id}/pages`,
    body,
    verify: "clickup_document_page_list",
  });
  return readPage(record(answer));
}

export interface PageChange {
  name?: string;
  content?: string;
  content_edit_mode?: "replace" | "append" | "prepend";
  content_format?: ContentFormat;
}

/** Changes a page; the answer is empty, so what became of it has to be read. */
export async function editPage(
  clickup: ClickUpClient,
  doc: DocAddress,
  pageId: string,
  body: PageChange,
): Promise<void> {
  await clickup.request({
    method: "PUT",
    path: path`/v3/workspaces/${doc.workspaceId}/docs/${doc.id}/pages/${pageId}`,
    body,
    verify: "clickup_document_page_get",
  });
}

function readDoc(json: Json, workspaceId: string): DocRecord | undefined {
  const id = text(json["id"]);
  if (id === undefined || json["deleted"] === true) {
    return undefined;
  }
  return {
    id,
    name: text(json["name"]) ?? "",
    workspaceId: text(json["workspace_id"]) ?? workspaceId,
    ...present("parent", readParent(record(json["parent"]))),
    ...present("creator", text(json["creator"])),
    ...present("public", flag(json["public"])),
    ...present("archived", flag(json["archived"])),
    ...present("created_ms", num(json["date_created"])),
    ...present("updated_ms", num(json["date_updated"])),
  };
}

function readParent(json: Json): DocParent | undefined {
  const id = text(json["id"]);
  const type = num(json["type"]);
  const kind = (Object.keys(PARENT_TYPES) as DocParentKind[]).find((one) => PARENT_TYPES[one] === type);
  return id === undefined ? undefined : { id, ...present("kind", kind) };
}

function readPage(json: Json): PageRecord | undefined {
  const id = text(json["id"]);
  if (id === undefined) {
    return undefined;
  }
  return {
    id,
    name: text(json["name"]) ?? "",
    content: text(json["content"]) ?? "",
    ...present("subtitle", words(json["sub_title"])),
    ...present("parent", words(json["parent_page_id"])),
    ...present("creator", text(json["creator_id"])),
    ...present("created_ms", num(json["date_created"])),
    ...present("updated_ms", num(json["date_edited"]) ?? num(json["date_updated"])),
  };
}
