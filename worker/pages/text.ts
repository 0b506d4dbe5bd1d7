/** Shortens and cleans text that others chose, for display. Escaping is hono/jsx's work. */

const NAME_CHARS = 80;
/** Control characters, and the invisible ones that reorder or hide text. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Co}]/gu;

/** A name as a person may safely read it: visible characters only, at most 80. */
export function displayName(name: string): string {
  const clean = name.replace(/\s+/g, " ").replace(UNSEEN, "").trim() || "Unnamed application";
  const chars = Array.from(clean);
  return chars.length > NAME_CHARS ? `${chars.slice(0, NAME_CHARS - 1).join("")}…` : clean;
}
