/** Shortens and cleans text that others chose, for display. Escaping is hono/jsx's work. */

const NAME_CHARS = 80;
/** Control characters, and the invisible ones that reorder or hide text. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}]/gu;
/** Letters and marks that draw nothing: fillers, the grapheme joiner, selectors of variants. */
const BLANK =
  /\u034F|\u115F|\u1160|\u17B4|\u17B5|[\u180B-\u180F]|\u2800|\u3164|\uFFA0|[\uFE00-\uFE0F]|[\u{E0100}-\u{E01EF}]/gu;

/** The text on one line, without what nobody sees. */
export function visible(text: string): string {
  return text.replace(/\s+/g, " ").replace(UNSEEN, "").replace(BLANK, "").trim();
}

/** A name as a person may safely read it: visible characters only, at most 80. */
export function displayName(name: string): string {
  const clean = visible(name) || "Unnamed application";
  const chars = Array.from(clean);
  return chars.length > NAME_CHARS ? `${chars.slice(0, NAME_CHARS - 1).join("")}…` : clean;
}
