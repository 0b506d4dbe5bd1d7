/** Reads several pages of a Doc at once; each is shown, or why it could not be read. */
import { getPage } from "../clickup/docs.ts";
import type { DocAddress } from "../clickup/docs.ts";
import type { ToolContext } from "../define.ts";
import { pageText } from "./doc-view.ts";
import type { PageText } from "./doc-view.ts";
import { runEach } from "../call/each.ts";
import { UserInputError } from "../words/errors.ts";
import { shown } from "../words/names.ts";
import { TEXT_CHARS } from "../words/render.ts";
import { withPage } from "./resolve-doc.ts";

const MOST_PAGES = 20;
/** Several pages share the room of one, but each shows at least this much. */
const LEAST_CHARS = 2_000;

/** One request for each page, and one for the names. Throws when not one page could be read. */
export async function readPages(
  ctx: ToolContext,
  doc: DocAddress,
  given: { pages: string[]; format?: "markdown" | "plain" | undefined; offset?: number | undefined },
): Promise<{ doc: DocAddress; pages: PageText[]; failed: { page: string; reason: string }[] }> {
  const wanted = [...new Set(given.pages)];
  if (wanted.length === 0 || wanted.length > MOST_PAGES) {
    throw new UserInputError(`pages: give 1 to ${MOST_PAGES} of them.`, { argument: "pages" });
  }
  if (given.offset !== undefined && given.offset !== 0 && wanted.length > 1) {
    throw new UserInputError("offset: it goes on in one page; give that page alone.", { argument: "offset" });
  }
  const format = given.format === "plain" ? "text/plain" : "text/md";
  const most = Math.max(LEAST_CHARS, Math.floor(TEXT_CHARS / wanted.length));
  const results = await runEach(
    ctx,
    wanted,
    async (value) =>
      await withPage(ctx, doc, value, "pages", async (id) =>
        pageText(await getPage(ctx.clickup, doc, id, format), doc, ctx, {
          offset: given.offset ?? 0,
          most,
        }),
      ),
  );
  const pages = results.flatMap((result) => (result.status === "done" ? [result.value] : []));
  const failed = results.flatMap((result, index) =>
    result.status === "done" ? [] : [{ page: shown(wanted[index] ?? "", 120), reason: result.reason }],
  );
  const first = results.find((result) => result.status === "failed");
  if (pages.length === 0 && first !== undefined) {
    throw first.error;
  }
  ctx.signal.throwIfAborted();
  return { doc, pages, failed };
}
