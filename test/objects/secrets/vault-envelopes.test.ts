/** Envelopes as they lie in databases: those made once open for ever, and none that was touched opens. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openKeyring, sealWith, Vault, VaultError, type Keyring } from "../../../objects/secrets/vault.ts";
import envelopes from "../../vectors/envelopes.json";

const bytes = (hex: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
const fromBase64Url = (text: string): Uint8Array =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
const toBase64Url = (raw: Uint8Array): string =>
  btoa(String.fromCharCode(...raw))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

const KEYS = [btoa("a".repeat(32)), btoa("b".repeat(32)), btoa("c".repeat(32))] as const;
const TOKEN = "pk_12345678_EXAMPLETOKENEXAMPLETOKENEXAMPLET";

/** How opening fails, as far as anybody can see; `null` when it does not fail. */
async function failureOf(vault: Vault, kind: string, envelope: string): Promise<unknown> {
  try {
    await vault.open(kind, envelope);
    return null;
  } catch (error) {
    expect(error).toBeInstanceOf(VaultError);
    const { name, message, cause, ...more } = error as Error & Record<string, unknown>;
    return { name, message, cause, more };
  }
}

const THE_ERROR = {
  name: "VaultError",
  message: "The stored ClickUp credential cannot be read. Reconnect ClickUp.",
  cause: undefined,
  more: {},
};

describe("golden envelopes", () => {
  it.each(envelopes.map((one, i) => [i, one] as const))(
    "%i opens, and is made again to the letter",
    async (_, one) => {
      const keyring = await openKeyring(one.key);
      expect(await new Vault(keyring, one.user).open(one.kind, one.envelope)).toEqual({
        secret: one.secret,
        stale: false,
      });
      const again = await sealWith(
        keyring[0],
        one.user,
        one.kind,
        one.secret,
        bytes(one.salt),
        bytes(one.iv),
      );
      expect(again).toBe(one.envelope);
    },
  );

  it("open for their own key, user and kind alone", async () => {
    const users = [...new Set(envelopes.map(({ user }) => user)), "u_mallory"];
    const kinds = ["oauth", "personal", "", "oauth|personal"];
    const keys = [...new Set(envelopes.map(({ key }) => key))];
    for (const one of envelopes) {
      for (const key of keys) {
        for (const user of users) {
          const vault = new Vault(await openKeyring(key), user);
          for (const kind of kinds) {
            const own = key === one.key && user === one.user && kind === one.kind;
            expect(await failureOf(vault, kind, one.envelope)).toEqual(own ? null : THE_ERROR);
          }
        }
      }
    }
  });
});

describe("a touched envelope", () => {
  const FIELDS = ["version", "kid", "salt", "iv", "ct"] as const;

  it("does not open, whichever bit of salt, IV, ciphertext or tag is another", async () => {
    const vault = new Vault(await openKeyring(KEYS[0]), "u_alice");
    const parts = (await vault.seal("oauth", TOKEN)).split(".");
    for (const field of [2, 3, 4]) {
      const raw = fromBase64Url(parts[field] ?? "");
      for (let bit = 0; bit < raw.length * 8; bit++) {
        const changed = Uint8Array.from(raw);
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        const envelope = parts.with(field, toBase64Url(changed)).join(".");
        expect(await failureOf(vault, "oauth", envelope), `${FIELDS[field]}, bit ${bit}`).toEqual(THE_ERROR);
      }
    }
  });

  it("does not open with any bit of its text another, nor cut, nor longer", async () => {
    const vault = new Vault(await openKeyring(KEYS[0], KEYS[1]), "u_alice");
    const envelope = await vault.seal("oauth", TOKEN);
    for (let at = 0; at < envelope.length; at++) {
      for (const bit of [0, 3, 5, 6]) {
        const char = String.fromCharCode(envelope.charCodeAt(at) ^ (1 << bit));
        const changed = envelope.slice(0, at) + char + envelope.slice(at + 1);
        expect(await failureOf(vault, "oauth", changed), `character ${at}, bit ${bit}`).toEqual(THE_ERROR);
      }
      expect(await failureOf(vault, "oauth", envelope.slice(0, at))).toEqual(THE_ERROR);
      expect(await failureOf(vault, "oauth", envelope.slice(at + 1))).toEqual(THE_ERROR);
    }
    for (const more of [".", "=", " ", "\n", "A"]) {
      expect(await failureOf(vault, "oauth", envelope + more)).toEqual(THE_ERROR);
      expect(await failureOf(vault, "oauth", more + envelope)).toEqual(THE_ERROR);
    }
  });

  it("does not open when made of the fields of two, of another user, kind or key (property)", async () => {
    const rings: Keyring[] = await Promise.all([
      openKeyring(KEYS[0], `${KEYS[1]},${KEYS[2]}`),
      openKeyring(KEYS[1], `${KEYS[0]},${KEYS[2]}`),
    ]);
    const place = fc.record({
      ring: fc.nat(1),
      user: fc.constantFrom("u_alice", "u_bob", "u_alice|oauth"),
      kind: fc.constantFrom("oauth", "personal"),
    });
    await fc.assert(
      fc.asyncProperty(place, place, fc.integer({ min: 1, max: 30 }), async (a, b, taken) => {
        const seal = ({ ring, user, kind }: typeof a): Promise<string> =>
          new Vault(rings[ring]!, user).seal(kind, TOKEN);
        const [first, second] = [(await seal(a)).split("."), (await seal(b)).split(".")];
        const mixed = first.map((part, i) => ((taken >> i) & 1 ? second[i]! : part)).join(".");
        const vault = new Vault(rings[a.ring]!, a.user);
        const whole = mixed === first.join(".");
        const moved = mixed === second.join(".");
        const right = whole || (moved && a.user === b.user && a.kind === b.kind);
        expect(await failureOf(vault, a.kind, mixed)).toEqual(right ? null : THE_ERROR);
      }),
      { numRuns: 150 },
    );
  });

  it("does not open where text without seal stands in its place: there is no fallback", async () => {
    const vault = new Vault(await openKeyring(KEYS[0]), "u_alice");
    for (const text of [
      TOKEN,
      `v0.${TOKEN}`,
      `v1.${vault.kid}...`,
      `v1.${vault.kid}.${"A".repeat(22)}.${"A".repeat(16)}.`,
    ]) {
      expect(await failureOf(vault, "oauth", text)).toEqual(THE_ERROR);
    }
  });
});
