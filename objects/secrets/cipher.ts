/**
 * The two primitives under everything that is sealed or signed here, as WebCrypto has them: AES-GCM (NIST SP 800-38D)
 * and HKDF-SHA256 (RFC 5869). Apart from the vault so that published test vectors run against this very code.
 */

/** What has to be the same for a text to open, besides the key. */
export interface Bound {
  iv: Uint8Array;
  /** Additional authenticated data: not in the sealed bytes, but they open with these alone. */
  aad: Uint8Array;
}

/** @returns ciphertext with the 128-bit tag behind it */
export async function sealBytes(key: CryptoKey, { iv, aad }: Bound, plain: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(
    await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: aad }, key, plain),
  );
}

/** @throws an error of the platform when key, IV, AAD, ciphertext or tag is another */
export async function openBytes(key: CryptoKey, { iv, aad }: Bound, sealed: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(
    await crypto.subtle.decrypt({ name: "AES-GCM", iv, additionalData: aad }, key, sealed),
  );
}

/** What a derived key is made from. */
export interface Derivation {
  ikm: Uint8Array;
  salt: Uint8Array;
  info: Uint8Array;
}

/** An AES-256-GCM key that cannot be read back: the first 32 bytes of HKDF's output. */
export async function deriveSealingKey({ ikm, salt, info }: Derivation): Promise<CryptoKey> {
  const root = await crypto.subtle.importKey("raw", ikm, "HKDF", false, ["deriveKey"]);
  return crypto.subtle.deriveKey(
    { name: "HKDF", hash: "SHA-256", salt, info },
    root,
    { name: "AES-GCM", length: 256 },
    false,
    ["encrypt", "decrypt"],
  );
}

/** @returns the first `length_bytes` of HKDF's output; at most 255 * 32 */
export async function deriveBytes(
  { ikm, salt, info }: Derivation,
  length_bytes: number,
): Promise<Uint8Array> {
  const root = await crypto.subtle.importKey("raw", ikm, "HKDF", false, ["deriveBits"]);
  const algorithm = { name: "HKDF", hash: "SHA-256", salt, info };
  return new Uint8Array(await crypto.subtle.deriveBits(algorithm, root, length_bytes * 8));
}
