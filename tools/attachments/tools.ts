import * as z from "zod";
import { readAttachment } from "./attachment-source.ts";
import { uploadAttachment } from "../clickup/attachments.ts";
import { defineTool } from "../define.ts";
import { once } from "../kept/idempotency.ts";
import { IdempotencyKey, TaskReference, Text } from "../params.ts";
import { compact } from "../words/render.ts";
import { withTask } from "../resolve/task.ts";
import { formatInstant } from "../when/when.ts";

const UPLOAD = "clickup_attachment_upload";

export const attachmentUpload = defineTool({
  name: UPLOAD,
  tier: "premium",
  set: "tasks",
  kind: "write",
  adds: true,
  title: "Attach file",
  description: "Attach a file, 25 MB at most, from data_base64 or a public https url.",
  input: z.object({
    task: TaskReference,
    filename: Text,
    data_base64: Text.optional(),
    url: Text.optional(),
    idempotency_key: IdempotencyKey.optional(),
  }),
  output: z.object({
    task: z.string(),
    id: z.string(),
    name: z.string(),
    bytes: z.number(),
    type: z.string(),
    url: z.string().optional(),
    at: z.string().optional(),
    replayed: z.boolean().optional(),
  }),
  operations: ["POST /v2/task/{task_id}/attachment", "GET /v2/task/{task_id}"],
  async handler(params, ctx) {
    const { result, replayed } = await once(ctx, UPLOAD, params.idempotency_key, async () => {
      const file = await readAttachment(ctx, params);
      return await withTask(ctx, params.task, "task", async ({ id }) => {
        const made = await uploadAttachment(ctx.clickup, id, file);
        return {
          task: id,
          id: made.id,
          name: made.title ?? file.filename,
          bytes: file.bytes.byteLength,
          type: file.type,
          ...compact({
            url: made.url,
            at: made.date_ms === undefined ? undefined : formatInstant(made.date_ms, ctx.user.timeZone),
          }),
        };
      });
    });
    return {
      data: { ...result, ...(replayed ? { replayed: true } : {}) },
      summary: replayed
        ? "That file was already attached with this idempotency_key; it was not attached again."
        : `Attached ${result.bytes} bytes to task ${result.task}.`,
    };
  },
});

export const attachmentTools = [attachmentUpload];
