/**
 * ClickUp credentials at rest. Envelope: `v1.kid.salt.iv.ct`, all but the version base64url.
 * Key: HKDF-SHA256 (RFC 5869) of ENCRYPTION_KEY with a random salt, info bound to user and kind.
 * Cipher: AES-256-GCM (NIST SP 800-38D), random 96-bit IV; the AAD binds version, key id, user and
 * kind, so an envelope moved to another user, kind or key fails to open.
 */

import { relyOn } from "../invariant.ts";
import { deriveSealingKey, openBytes, sealBytes } from "./cipher.ts";

const VERSION = "v1";
const SALT_BYTES = 16;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The envelope cannot be opened: changed, moved, or sealed with a key that is gone. Carries no detail. */
export class VaultError extends Error {
  constructor() {
    super("The stored ClickUp credential cannot be read. Reconnect ClickUp.");
    this.name = "VaultError";
  }
}

export interface KeyringKey {
  kid: string;
  raw: Uint8Array<ArrayBuffer>;
}
/** The first key seals; all of them open. */
export type Keyring = readonly [KeyringKey, ...KeyringKey[]];

/**
 * @param current base64 of 32 bytes (ENCRYPTION_KEY)
 * @param previous comma list of the same (ENCRYPTION_KEYS_PREVIOUS), kept until all envelopes are re-sealed
 * @throws Error naming the variable when a key is not 32 bytes
 */
export async function openKeyring(current: string, previous = ""): Promise<Keyring> {
  const olds = previous.split(",").map((k) => k.trim());
  const first = await keyringKey(current, "ENCRYPTION_KEY");
  const rest = await Promise.all(
    olds.filter((k) => k !== "").map((k) => keyringKey(k, "ENCRYPTION_KEYS_PREVIOUS")),
  );
  return [first, ...rest];
}

async function keyringKey(base64: string, name: string): Promise<KeyringKey> {
  let raw: Uint8Array<ArrayBuffer>;
  try {
    raw = Uint8Array.from(atob(base64.trim()), (c) => c.charCodeAt(0));
  } catch {
    throw new Error(`${name} must be base64 of 32 bytes`);
  }
  if (raw.length !== 32) throw new Error(`${name} must be base64 of 32 bytes, got ${raw.length}`);
  const digest = await crypto.subtle.digest("SHA-256", concat(encoder.encode("kid"), raw));
  const kid = new Uint8Array(digest).subarray(0, 4).toHex();
  return { kid, raw };
}

/** Seals and opens the secrets of one user. */
export class Vault {
  readonly #keyring: Keyring;
  readonly #userId: string;

  constructor(keyring: Keyring, userId: string) {
    this.#keyring = keyring;
    this.#userId = userId;
  }

  /** Id of the key that seals now. */
  get kid(): string {
    return this.#keyring[0].kid;
  }

  /** @returns the envelope of `secret`, sealed with the current key */
  async seal(kind: string, secret: string): Promise<string> {
    const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES));
    const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
    return sealWith(this.#keyring[0], this.#userId, kind, secret, salt, iv);
  }

  /**
   * @returns the secret, and whether it should be sealed again (`stale`: an older key was used)
   * @throws VaultError when the envelope was changed, moved, or its key is unknown
   */
  async open(kind: string, envelope: string): Promise<{ secret: string; stale: boolean }> {
    const [version, kid, salt64, iv64, ct64, ...rest] = envelope.split(".");
    const key = this.#keyring.find((k) => k.kid === kid);
    if (version !== VERSION || key === undefined || rest.length > 0) throw new VaultError();
    try {
      const salt = fromBase64Url(salt64, SALT_BYTES);
      const iv = fromBase64Url(iv64, IV_BYTES);
      const ct = fromBase64Url(ct64);
      if (ct.length < TAG_BYTES) throw new VaultError();
      const bound = { iv, aad: aad(key.kid, this.#userId, kind) };
      const plain = await openBytes(await deriveKey(key, salt, this.#userId, kind), bound, ct);
      return { secret: decoder.decode(plain), stale: key !== this.#keyring[0] };
    } catch {
      // Sealed by a key we have, it was sealed for somebody or something else, or was changed.
      relyOn(false, this.#userId, () => `an envelope of key ${key.kid} names another user or kind`);
      // One answer for every cause: which check failed is nobody's business.
      throw new VaultError();
    }
  }
}

/** The key id an envelope names, for the operator's count of old keys still in use. */
export function envelopeKid(envelope: string): string {
  return envelope.split(".")[1] ?? "";
}

/** Sealing with chosen salt and IV: for `seal`, and for tests of golden envelopes. */
export async function sealWith(
  key: KeyringKey,
  userId: string,
  kind: string,
  secret: string,
  salt: Uint8Array<ArrayBuffer>,
  iv: Uint8Array<ArrayBuffer>,
): Promise<string> {
  const bound = { iv, aad: aad(key.kid, userId, kind) };
  const ct = await sealBytes(await deriveKey(key, salt, userId, kind), bound, encoder.encode(secret));
  return [VERSION, key.kid, toBase64Url(salt), toBase64Url(iv), toBase64Url(ct)].join(".");
}

function deriveKey(
  key: KeyringKey,
  salt: Uint8Array<ArrayBuffer>,
  userId: string,
  kind: string,
): Promise<CryptoKey> {
  const info = encoder.encode(`clickup-mcp/credential/${VERSION}|${userId}|${kind}`);
  return deriveSealingKey({ ikm: key.raw, salt, info });
}

function aad(kid: string, userId: string, kind: string): Uint8Array {
  return encoder.encode(`clickup-mcp|${VERSION}|${kid}|${userId}|${kind}`);
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(a.length + b.length);
  out.set(a);
  out.set(b, a.length);
  return out;
}

function toBase64Url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}

/** Strict: one spelling per value, so that no bit of an envelope can change unnoticed. */
function fromBase64Url(text: string | undefined, length?: number): Uint8Array<ArrayBuffer> {
  if (text === undefined || !/^[A-Za-z0-9_-]*$/.test(text)) throw new VaultError();
  const bytes = Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
  if (toBase64Url(bytes) !== text || (length !== undefined && bytes.length !== length))
    throw new VaultError();
  return bytes;
}
