/** Ids in Stripe's formats: a prefix and base-62 text made from a salt and a counter. */

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** Length of the text after the prefix, by prefix; 24 for the rest. */
const LENGTHS: Record<string, number> = {
  cus: 14,
  prod: 14,
  si: 14,
  cs_test: 58,
  cs_live: 58,
  req: 14,
  whsec: 32,
};

/** The n-th id of `prefix`. The same salt and n give the same id; another salt gives another. */
export function makeId(prefix: string, salt: string, n: number): string {
  const length = LENGTHS[prefix] ?? 24;
  let hash = fnv1a(`${salt}:${prefix}:${n}`);
  let body = "";
  while (body.length < length) {
    hash = fnv1a(`${hash}:${body.length}`);
    body += ALPHABET[hash % ALPHABET.length] ?? "0";
  }
  const counted = n.toString(36).padStart(5, "0");
  return `${prefix}_${body.slice(0, length - 5)}${counted}`;
}

function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193) >>> 0;
  }
  return hash;
}
