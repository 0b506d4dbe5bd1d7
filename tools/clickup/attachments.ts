/** Files of tasks. ClickUp's v2 takes one file a request and has no operation to delete one. */
import type { ClickUpClient } from "./client.ts";
import { num, present, record, text, words, webAddress } from "./lenient.ts";
import type { Json } from "./lenient.ts";
import { path } from "./path.ts";

/** The most ClickUp's API has been seen to take. */
export const MAX_ATTACHMENT_BYTES = 25 * 1024 * 1024;
/** A large file on a slow line takes longer than an ordinary request. */
const UPLOAD_TIMEOUT_MS = 120_000;

export interface UploadedAttachment {
  id: string;
  title?: string;
  url?: string;
  date_ms?: number;
}

/** Uploads one file as multipart form data (POST /v2/task/{task_id}/attachment). */
export async function uploadAttachment(
  clickup: ClickUpClient,
  taskId: string,
  file: { bytes: Uint8Array<ArrayBuffer>; filename: string; type: string },
): Promise<UploadedAttachment> {
  const form = new FormData();
  form.set("attachment", new Blob([file.bytes], { type: file.type }), file.filename);
  form.set("filename", file.filename);
  const answer = record(
    await clickup.request<Json>({
      method: "POST",
      path: path`/v2/task/${taskId}/attachment`,
      body: form,
      timeout_ms: UPLOAD_TIMEOUT_MS,
      verify: "clickup_task_get with include attachments",
    }),
  );
  return {
    id: text(answer["id"]) ?? "",
    ...present("title", words(answer["title"])),
    ...present("url", webAddress(answer["url"])),
    ...present("date_ms", num(answer["date"])),
  };
}
