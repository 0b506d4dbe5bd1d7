/** Ids in ClickUp's formats, made from a counter so that every run of the seed gives the same ones. */

/** Spreads a counter over [0, modulus) without a repeat: the multiplier shares no factor with a power of 36 or 16. */
function scramble(n: number, modulus: number): number {
  return (n * 2_654_435_761 + 97) % modulus;
}

/** A task id as ClickUp issues today: nine characters, every seventh one eleven. */
export function taskId(n: number): string {
  const body = scramble(n, 36 ** 6)
    .toString(36)
    .padStart(6, "0");
  return n % 7 === 0 ? `868${(n % 36).toString(36)}${body}k` : `86c${body}`;
}

/** A lower-case UUID in version 4 layout. */
export function uuid(n: number): string {
  const hex = (salt: number, digits: number) =>
    scramble(n + salt, 16 ** digits)
      .toString(16)
      .padStart(digits, "0");
  return `${hex(1, 8)}-${hex(7, 4)}-4${hex(13, 3)}-a${hex(29, 3)}-${hex(31, 6)}${(n % 16 ** 6).toString(16).padStart(6, "0")}`;
}

/** A Space, Folder or List id: decimal digits, different ranges per kind. */
export function placeId(kind: "space" | "folder" | "list", n: number): string {
  const range = { space: 90_120_000_000, folder: 90_130_000_000, list: 901_200_000_000 }[kind];
  return String(range + n * 17);
}

/** A comment id: digits only, inside the safe integers. */
export function commentId(n: number): string {
  return String(90_120_000_000_000 + n * 13);
}

/** A time entry id: nineteen digits, past the safe integers, so a client that makes it a number loses digits. */
export function timeEntryId(n: number): string {
  return (4_611_686_018_427_000_000n + BigInt(n) * 7n + 1n).toString();
}

/** Doc and page ids: a Workspace prefix, a dash, a number. */
export function docId(n: number): string {
  return `8cdu22c-${n * 20 + 13}`;
}
