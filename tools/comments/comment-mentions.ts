/** Who an "@" in a comment means, among the people of the Workspace. */
import type { Person } from "../clickup/people.ts";
import type { MentionReader } from "./comment-markdown.ts";
import { ambiguous, notFound } from "../words/errors.ts";
import { editDistance, sameName } from "../words/names.ts";
import { matchPeople } from "../resolve/people.ts";

const ARGUMENT = "markdown";
const HINT = " (a plain @ is written as \\@ or in code)";

/**
 * Reads "@Name", "@first-name", "@e-mail", "@me" and "@[Name or id]"; of names that begin alike the longest.
 * Throws UserInputError for somebody unknown, with the nearest names, and for a name two people share.
 */
export function mentionReader(members: readonly Person[], me: Person): MentionReader {
  return (rest) => {
    const { text, length } = mentionText(rest, members);
    const person = whom(text, members, me);
    return { length, user: { id: Number(person.id), username: person.username } };
  };
}

/** What the mention says, and how many characters that takes. */
function mentionText(rest: string, members: readonly Person[]): { text: string; length: number } {
  const bracketed = /^\[((?:[^\]\\\n]|\\.)+)\]/.exec(rest);
  if (bracketed?.[1] !== undefined) {
    return { text: bracketed[1].replaceAll(/\\(.)/g, "$1"), length: bracketed[0].length };
  }
  const whole = members
    .flatMap((one) => [one.username, one.email ?? ""])
    .filter((name) => name !== "" && startsWithName(rest, name))
    .sort((a, b) => b.length - a.length)[0];
  if (whole !== undefined) {
    return { text: whole, length: whole.length };
  }
  const email = /^[\w.+-]+@[\w-]+(?:\.[\w-]+)+/.exec(rest)?.[0];
  const word = email ?? /^[\p{L}\p{M}\p{N}_.'’-]+/u.exec(rest)?.[0] ?? "";
  const trimmed = word.replace(/[.'’-]+$/, "");
  return { text: trimmed, length: trimmed.length };
}

function startsWithName(rest: string, name: string): boolean {
  const [after] = Array.from(rest.slice(name.length, name.length + 2));
  return (
    rest.slice(0, name.length).toLowerCase() === name.toLowerCase() &&
    !/[\p{L}\p{M}\p{N}_]/u.test(after ?? "")
  );
}

function whom(text: string, members: readonly Person[], me: Person): Person {
  if (/^(me|myself)$/i.test(text)) {
    return me;
  }
  const byId = members.find((one) => one.id === text);
  if (byId !== undefined) {
    return byId;
  }
  const found = matchPeople(members, text);
  const candidates = (found.length === 0 ? members : found).map((one) => ({
    id: one.id,
    name: one.username,
    path: one.email === undefined ? one.username : `${one.username} <${one.email}>`,
  }));
  if (found.length > 1) {
    throw ambiguous("member", `@${text}`, candidates, ARGUMENT);
  }
  if (found[0] === undefined) {
    const known = candidates.map((one) => ({ ...one, name: nearestPart(one.name, text) }));
    throw notFound("member", text, known, ARGUMENT, HINT);
  }
  return found[0];
}

/** The whole name or the one word of it that is nearest to `text`: a first name may be what was meant. */
function nearestPart(name: string, text: string): string {
  const wanted = sameName(text);
  const parts = [name, ...name.split(/\s+/)];
  const [nearest = name] = parts
    .map((part) => ({ part, distance: editDistance(wanted, sameName(part)) }))
    .sort((a, b) => a.distance - b.distance)
    .map(({ part }) => part);
  return nearest;
}
