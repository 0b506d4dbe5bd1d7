/** The bytes of a file to upload: given as base64, or fetched from a public address. */
import { MAX_ATTACHMENT_BYTES } from "../clickup/attachments.ts";
import { DownloadError, downloadFile } from "../clickup/download.ts";
import type { ToolContext } from "../define.ts";
import { UserInputError } from "../words/errors.ts";

export interface AttachmentFile {
  bytes: Uint8Array<ArrayBuffer>;
  filename: string;
  /** Media type. */
  type: string;
}

const MOST_NAME_CHARS = 255;
const UNKNOWN_TYPE = "application/octet-stream";
/** Where nobody says what a file is, its name does. */
const TYPES: Record<string, string> = {
  csv: "text/csv",
  gif: "image/gif",
  html: "text/html",
  jpeg: "image/jpeg",
  jpg: "image/jpeg",
  json: "application/json",
  md: "text/markdown",
  mp4: "video/mp4",
  pdf: "application/pdf",
  png: "image/png",
  svg: "image/svg+xml",
  txt: "text/plain",
  webp: "image/webp",
  xml: "application/xml",
  zip: "application/zip",
};

/** Throws UserInputError for a bad name, for anything but one of `data_base64` and `url`, and for too large a file. */
export async function readAttachment(
  ctx: ToolContext,
  given: { filename: string; data_base64?: string | undefined; url?: string | undefined },
): Promise<AttachmentFile> {
  const filename = checkedName(given.filename);
  const { data_base64, url } = given;
  if ((data_base64 === undefined) === (url === undefined)) {
    throw new UserInputError("Give one of data_base64 and url.", { argument: "url" });
  }
  const file = data_base64 === undefined ? await fetched(ctx, url ?? "") : decoded(data_base64);
  const extension = /\.([A-Za-z0-9]{1,10})$/.exec(filename)?.[1]?.toLowerCase() ?? "";
  return { bytes: file.bytes, filename, type: file.type ?? TYPES[extension] ?? UNKNOWN_TYPE };
}

function checkedName(filename: string): string {
  if (filename.length > MOST_NAME_CHARS || /[/\\\p{C}]/u.test(filename) || /^\.+$/.test(filename)) {
    throw new UserInputError(
      `filename: use a plain name of at most ${MOST_NAME_CHARS} characters, e.g. report.pdf, without a path.`,
      { argument: "filename" },
    );
  }
  return filename;
}

interface Source {
  bytes: Uint8Array<ArrayBuffer>;
  type: string | undefined;
}

/** Plain or URL-safe base64, with or without padding, also as a data: URL that names its media type. */
function decoded(text: string): Source {
  const [, type, data = text] = /^data:([\w.+-]+\/[\w.+-]+)?(?:;[\w=.+-]+)*;base64,(.*)$/s.exec(text) ?? [];
  const clean = data.replaceAll(/\s+/g, "").replaceAll("-", "+").replaceAll("_", "/").replace(/=+$/, "");
  if (clean.length > Math.ceil((MAX_ATTACHMENT_BYTES * 4) / 3)) {
    throw new UserInputError(`data_base64: ${tooLarge()}`, { argument: "data_base64" });
  }
  if (clean === "" || !/^[A-Za-z0-9+/]+$/.test(clean) || clean.length % 4 === 1) {
    throw new UserInputError("data_base64: not base64.", { argument: "data_base64" });
  }
  return { bytes: Uint8Array.from(atob(clean), (char) => char.codePointAt(0) ?? 0), type };
}

async function fetched(ctx: ToolContext, url: string): Promise<Source> {
  try {
    return await downloadFile(url, {
      most_bytes: MAX_ATTACHMENT_BYTES,
      signal: ctx.signal,
      after: ctx.after,
    });
  } catch (error) {
    if (error instanceof DownloadError) {
      throw new UserInputError(`url: ${error.message}.`, { argument: "url", cause: error });
    }
    throw error;
  }
}

function tooLarge(): string {
  return `the file is larger than ${MAX_ATTACHMENT_BYTES / 1024 / 1024} MB.`;
}
