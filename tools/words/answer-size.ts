/**
 * The last resort against answers nobody can use. Tools page and cut by themselves; what ClickUp lets people write
 * (a name of a hundred thousand characters) can still make an answer that fills a model's memory, or ours.
 */

/**
 * Characters of text in one answer's data. The largest a tool means to give, a page of several documents, fits; a
 * batch of a hundred such answers, each in data and in text, stays below what an RPC message may hold (32 MiB).
 */
export const ANSWER_CHARS = 130_000;

const LEAST_TEXT_CHARS = 64;

/**
 * @returns the data as it is when it fits; else a copy that does, with the longest texts cut (they end with "…") and
 *   the longest lists shortened, no more than needed
 */
export function fitAnswer(data: unknown, most_chars = ANSWER_CHARS): { data: unknown; shortened: boolean } {
  if (!exceeds(data, most_chars)) {
    return { data, shortened: false };
  }
  let text_chars = 16_000;
  let items = 512;
  let cut = shorten(data, text_chars, items);
  while (exceeds(cut, most_chars) && (text_chars > LEAST_TEXT_CHARS || items > 1)) {
    text_chars = Math.max(LEAST_TEXT_CHARS, text_chars / 2);
    items = Math.max(1, items / 2);
    cut = shorten(data, text_chars, items);
  }
  return { data: cut, shortened: true };
}

/** One text cut to `most_chars`; it ends with "…" then. */
export function cutTo(text: string, most_chars: number): string {
  if (text.length <= most_chars) {
    return text;
  }
  // Not between the halves of a surrogate pair.
  const end = /[\uD800-\uDBFF]/.test(text[most_chars - 2] ?? "") ? most_chars - 2 : most_chars - 1;
  return `${text.slice(0, end)}…`;
}

function shorten(value: unknown, text_chars: number, items: number): unknown {
  if (typeof value === "string") {
    return cutTo(value, text_chars);
  }
  if (Array.isArray(value)) {
    return value.slice(0, items).map((one) => shorten(one, text_chars, items));
  }
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, one]) => [cutTo(key, text_chars), shorten(one, text_chars, items)]),
    );
  }
  return value;
}

/** True when the texts, keys and numbers of a JSON value take more characters. Stops counting there. */
function exceeds(value: unknown, most_chars: number): boolean {
  return count(value, most_chars) > most_chars;
}

function count(value: unknown, most_chars: number): number {
  if (typeof value === "string") {
    return value.length + 2;
  }
  if (typeof value !== "object" || value === null) {
    return 8;
  }
  const list = Array.isArray(value);
  let chars = 2;
  for (const [key, part] of Object.entries(value)) {
    chars += (list ? 1 : key.length + 4) + count(part, most_chars - chars);
    if (chars > most_chars) {
      return chars;
    }
  }
  return chars;
}
