import { badRequest, ClickUpFault } from "../errors.ts";
import { taskOf } from "../lookup.ts";
import type { Context, Route } from "../route.ts";
import { CUSTOM_ID_QUERY } from "../route.ts";
import type { Attachment } from "../types.ts";
import { fieldInWorkspace, reachedWorkspace, v3Task } from "../v3-lookup.ts";
import { cursorPage } from "../paging.ts";

/** The most a client of ClickUp has been seen to send. */
const MAX_BYTES = 25 * 1024 * 1024;

/** The one file of the form. A URL or plain text in its place is refused, as ClickUp does. */
function uploaded(ctx: Context): Attachment {
  const part = ctx.form?.get("attachment") ?? null;
  if (part === null) throw badRequest("Attachment is required", "ATTCH_039");
  if (typeof part === "string") throw badRequest("Incorrect attachment format", "ATTCH_045");
  if (part.size > MAX_BYTES) throw new ClickUpFault(413, "File is too large", "ATTCH_047");
  const named = ctx.form?.get("filename");
  const title = typeof named === "string" && named !== "" ? named : part.name;
  const extension = /\.([A-Za-z0-9]{1,10})$/.exec(title)?.[1]?.toLowerCase() ?? "bin";
  const id = `${ctx.state.newUuid()}.${extension}`;
  return {
    id,
    title,
    extension,
    mimetype: part.type === "" ? "application/octet-stream" : part.type,
    size_bytes: part.size,
    date: ctx.now_ms,
    user: ctx.user.id,
    url: `https://t${ctx.user.id}.p.clickup-attachments.com/${id}/${encodeURIComponent(title)}`,
  };
}

function renderV3(attachment: Attachment, kind: "tasks" | "custom_fields", parentId: string) {
  return {
    date_updated: attachment.date,
    date_created: attachment.date,
    extension: attachment.extension,
    id: attachment.id,
    mime_type: attachment.mimetype,
    parent_entity_type: kind,
    parent_id: parentId,
    size: attachment.size_bytes,
    signed: false,
    thumbnail_small: attachment.url,
    thumbnail_medium: attachment.url,
    thumbnail_large: attachment.url,
    title: attachment.title,
    url: attachment.url,
    user_id: attachment.user,
  };
}

/** `attachments` means those of a task, `custom_fields` those waiting to be put into a files field. */
function holder(ctx: Context): { kind: "tasks" | "custom_fields"; id: string; attachments: Attachment[] } {
  const team = reachedWorkspace(ctx);
  const id = ctx.params.entity_id ?? "";
  if (ctx.params.entity_type === "attachments") {
    const task = v3Task(ctx, team, id);
    return { kind: "tasks", id: task.id, attachments: task.attachments };
  }
  if (ctx.params.entity_type !== "custom_fields")
    throw badRequest("entity_type must be attachments or custom_fields", "V3_400");
  const field = fieldInWorkspace(ctx, team, id);
  const attachments = (ctx.state.data.field_attachments[field.id] ??= []);
  return { kind: "custom_fields", id: field.id, attachments };
}

export const attachmentRoutes: Route[] = [
  {
    operation: "POST /v2/task/{task_id}/attachment",
    query: CUSTOM_ID_QUERY,
    body: "multipart",
    handler: (ctx) => {
      const task = taskOf(ctx);
      const attachment = uploaded(ctx);
      task.attachments.push(attachment);
      task.date_updated = ctx.now_ms;
      return {
        id: attachment.id,
        version: "0",
        date: attachment.date,
        title: attachment.title,
        extension: attachment.extension,
        thumbnail_small: attachment.url,
        thumbnail_large: attachment.url,
        url: attachment.url,
      };
    },
  },
  {
    operation: "GET /v3/workspaces/{workspace_id}/{entity_type}/{entity_id}/attachments",
    query: { cursor: "string", limit: "int" },
    handler: (ctx) => {
      const { kind, id, attachments } = holder(ctx);
      const { items, next_cursor = "" } = cursorPage(attachments, ctx.query);
      return { next_cursor, data: items.map((attachment) => renderV3(attachment, kind, id)) };
    },
  },
  {
    operation: "POST /v3/workspaces/{workspace_id}/{entity_type}/{entity_id}/attachments",
    body: "multipart",
    handler: (ctx) => {
      const { kind, id, attachments } = holder(ctx);
      const attachment = uploaded(ctx);
      attachments.push(attachment);
      return renderV3(attachment, kind, id);
    },
  },
];
