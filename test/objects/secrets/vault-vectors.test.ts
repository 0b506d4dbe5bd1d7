/**
 * Published vectors against the primitives the vault seals with, in the runtime it seals in. The excerpt in
 * test/vectors is always there; the whole of Wycheproof's files is run where it lies beside the repository.
 */
/// <reference types="vite/types/importMeta.d.ts" />
import { describe, expect, it } from "vitest";
import { deriveBytes, deriveSealingKey, openBytes, sealBytes } from "../../../objects/secrets/cipher.ts";
import aesGcm from "../../vectors/aes-gcm.json";
import hkdf from "../../vectors/hkdf-sha256.json";

interface Gcm {
  tcId: number;
  comment: string;
  key: string;
  iv: string;
  aad: string;
  msg: string;
  ct: string;
  tag: string;
  result: string;
}

interface Hkdf {
  tcId: number;
  comment: string;
  ikm: string;
  salt: string;
  info: string;
  size: number;
  okm: string;
  result: string;
}

interface File<T> {
  testGroups: { tests: T[] }[];
}

/** Empty where the files are not there. */
const beside: Record<string, () => Promise<unknown>> = import.meta.glob(
  "../../../../shared/wycheproof/*.json",
  {
    import: "default",
  },
);
const whole = (name: string): (() => Promise<unknown>) | undefined =>
  Object.entries(beside).find(([path]) => path.endsWith(`/${name}`))?.[1];

const bytes = (hex: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
const hexOf = (raw: Uint8Array): string => raw.toHex();
const testsOf = <T>(file: unknown): T[] => (file as File<T>).testGroups.flatMap(({ tests }) => tests);

/** @returns what is wrong; empty when all is as the vectors say */
async function checkGcm(tests: Gcm[]): Promise<string[]> {
  const wrong: string[] = [];
  for (const { tcId, comment, key, iv, aad, msg, ct, tag, result } of tests) {
    const raw = bytes(key);
    const cipher = await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);
    const bound = { iv: bytes(iv), aad: bytes(aad) };
    const opened = await openBytes(cipher, bound, bytes(ct + tag)).then(hexOf, () => "refused");
    const sealed = await sealBytes(cipher, bound, bytes(msg)).then(hexOf, () => "refused");
    const right =
      result === "valid"
        ? opened === msg && sealed === ct + tag
        : opened === "refused" && sealed !== ct + tag;
    if (!right) wrong.push(`${tcId} ${comment}: ${result}, opened ${opened}, sealed ${sealed}`);
  }
  return wrong;
}

async function checkHkdf(tests: Hkdf[]): Promise<string[]> {
  const wrong: string[] = [];
  for (const { tcId, comment, size, okm, result, ...hex } of tests) {
    const from = { ikm: bytes(hex.ikm), salt: bytes(hex.salt), info: bytes(hex.info) };
    const derived = await deriveBytes(from, size).then(hexOf, () => "refused");
    const right = result === "valid" ? derived === okm : derived === "refused";
    // The sealing key cannot be read; what it seals opens with the first 32 bytes of the output and nothing else.
    const same = result !== "valid" || size < 32 || (await isKey(await deriveSealingKey(from), okm));
    if (!right || !same) wrong.push(`${tcId} ${comment}: ${result}, derived ${derived}, same key ${same}`);
  }
  return wrong;
}

async function isKey(derived: CryptoKey, okm: string): Promise<boolean> {
  const known = await crypto.subtle.importKey("raw", bytes(okm.slice(0, 64)), "AES-GCM", false, ["decrypt"]);
  const bound = { iv: new Uint8Array(12), aad: new Uint8Array(0) };
  const sealed = await sealBytes(derived, bound, bytes("c0ffee"));
  return openBytes(known, bound, sealed).then(
    (plain) => hexOf(plain) === "c0ffee",
    () => false,
  );
}

describe("the excerpt of Wycheproof", () => {
  it("AES-GCM", async () => {
    const tests = testsOf<Gcm>(aesGcm);
    expect(tests.some(({ result }) => result === "invalid")).toBe(true);
    expect(await checkGcm(tests)).toEqual([]);
  });

  it("HKDF-SHA256, by bytes and as the key that seals", async () => {
    expect(await checkHkdf(testsOf<Hkdf>(hkdf))).toEqual([]);
  });

  it("a vector that is wrong by one bit is noticed", async () => {
    const valid = testsOf<Gcm>(aesGcm).find(({ result }) => result === "valid")!;
    expect(await checkGcm([{ ...valid, result: "invalid" }])).toHaveLength(1);
    expect(
      await checkGcm([{ ...valid, tag: `${valid.tag.slice(0, -1)}${valid.tag.endsWith("0") ? 1 : 0}` }]),
    ).toHaveLength(1);
    const derived = testsOf<Hkdf>(hkdf).find(({ size }) => size >= 32)!;
    expect(await checkHkdf([{ ...derived, info: `${derived.info}00` }])).toHaveLength(1);
  });
});

describe("all of Wycheproof", () => {
  const gcm = whole("aes_gcm_test.json");
  const kdf = whole("hkdf_sha256_test.json");

  it.skipIf(gcm === undefined)("AES-GCM (needs ../shared/wycheproof/aes_gcm_test.json)", async () => {
    const tests = testsOf<Gcm>(await gcm?.());
    expect(tests.length).toBeGreaterThan(300);
    expect(await checkGcm(tests)).toEqual([]);
  });

  it.skipIf(kdf === undefined)("HKDF-SHA256 (needs ../shared/wycheproof/hkdf_sha256_test.json)", async () => {
    const tests = testsOf<Hkdf>(await kdf?.());
    expect(tests.length).toBeGreaterThan(80);
    expect(await checkHkdf(tests)).toEqual([]);
  });
});
