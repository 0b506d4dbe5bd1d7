/** Shortens and cleans text that others chose, for display. Escaping is hono/jsx's work. */
import { stripInvisible } from "../../tools/words/untrusted.ts";

const NAME_CHARS = 80;

/** The text on one line, without what nobody sees. */
export function visible(text: string): string {
  return stripInvisible(text).replace(/\s+/g, " ").trim();
}

/** A name as a person may safely read it: visible characters only, at most 80. */
export function displayName(name: string): string {
  const clean = visible(name) || "Unnamed application";
  const chars = Array.from(clean);
  return chars.length > NAME_CHARS ? `${chars.slice(0, NAME_CHARS - 1).join("")}…` : clean;
}
