import { describe, expect, test } from "vitest";
import fc from "fast-check";
import { envelopeKid, openKeyring, sealWith, Vault, VaultError } from "../../../objects/secrets/vault.ts";

const KEY_A = btoa("a".repeat(32));
const KEY_B = btoa("b".repeat(32));
const TOKEN = "pk_12345678_EXAMPLETOKENEXAMPLETOKENEXAMPLET";

const vaultOf = async (current: string, previous = "", user = "u_alice"): Promise<Vault> =>
  new Vault(await openKeyring(current, previous), user);

describe("vault", () => {
  test("opens what it sealed, for any secret", async () => {
    const vault = await vaultOf(KEY_A);
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "grapheme" }), async (secret) => {
        expect(await vault.open("oauth", await vault.seal("oauth", secret))).toEqual({
          secret,
          stale: false,
        });
      }),
      { numRuns: 50 },
    );
  });

  test("two envelopes of one secret share nothing but version and key id", async () => {
    const vault = await vaultOf(KEY_A);
    const [a, b] = [await vault.seal("oauth", TOKEN), await vault.seal("oauth", TOKEN)];
    expect(a.split(".").slice(0, 2)).toEqual(b.split(".").slice(0, 2));
    for (const i of [2, 3, 4]) expect(a.split(".")[i]).not.toBe(b.split(".")[i]);
    expect(a).not.toContain(TOKEN);
  });

  test("no changed character of an envelope opens", async () => {
    const vault = await vaultOf(KEY_A);
    const envelope = await vault.seal("oauth", TOKEN);
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.";
    for (let at = 0; at < envelope.length; at++) {
      // The last character of a part has bits that say nothing: there every spelling is tried.
      const ends = at === envelope.length - 1 || envelope[at + 1] === ".";
      const others = ends ? alphabet : [alphabet[(at * 7) % 65], alphabet[(at * 13 + 5) % 65]];
      for (const c of others) {
        if (c === undefined || c === envelope[at]) continue;
        const changed = envelope.slice(0, at) + c + envelope.slice(at + 1);
        await expect(vault.open("oauth", changed), `character ${at}`).rejects.toBeInstanceOf(VaultError);
      }
    }
  });

  test("an envelope moved to another user or kind does not open", async () => {
    const alice = await vaultOf(KEY_A);
    const bob = await vaultOf(KEY_A, "", "u_bob");
    const envelope = await alice.seal("oauth", TOKEN);
    await expect(bob.open("oauth", envelope)).rejects.toBeInstanceOf(VaultError);
    await expect(alice.open("personal", envelope)).rejects.toBeInstanceOf(VaultError);
  });

  test("a malformed envelope is one error, whatever is wrong", async () => {
    const vault = await vaultOf(KEY_A);
    const good = await vault.seal("oauth", TOKEN);
    for (const bad of [
      "",
      "v1",
      "v2" + good.slice(2),
      good + ".x",
      good.split(".").slice(0, 4).join("."),
      good + "=",
    ]) {
      await expect(vault.open("oauth", bad)).rejects.toThrow(/Reconnect ClickUp/);
    }
  });

  test("rotation: the old key opens and says so, the new key seals, a forgotten key does not open", async () => {
    const before = await vaultOf(KEY_A);
    const envelope = await before.seal("oauth", TOKEN);
    const during = await vaultOf(KEY_B, KEY_A);
    expect(await during.open("oauth", envelope)).toEqual({ secret: TOKEN, stale: true });
    const resealed = await during.seal("oauth", TOKEN);
    expect(envelopeKid(resealed)).not.toBe(envelopeKid(envelope));
    const after = await vaultOf(KEY_B);
    expect(await after.open("oauth", resealed)).toEqual({ secret: TOKEN, stale: false });
    await expect(after.open("oauth", envelope)).rejects.toBeInstanceOf(VaultError);
  });

  test("golden envelope: the format of stored credentials does not drift", async () => {
    const [key] = await openKeyring(KEY_A);
    const salt = Uint8Array.from({ length: 16 }, (_, i) => i);
    const iv = Uint8Array.from({ length: 12 }, (_, i) => 100 + i);
    const golden = await sealWith(key, "u_alice", "oauth", TOKEN, salt, iv);
    expect(golden).toBe(
      "v1.e9af46a3.AAECAwQFBgcICQoLDA0ODw.ZGVmZ2hpamtsbW5v.tHP2kITbCCvu6v3CyenaI-Wqj5FjG8CLVimRTYse30pn79mQShM-ftMbPJUGKQKTqhcde2mkipS4JhjW",
    );
    expect((await new Vault([key], "u_alice").open("oauth", golden)).secret).toBe(TOKEN);
  });

  test.each([
    ["short", btoa("short")],
    ["long", btoa("x".repeat(33))],
    ["not base64", "!!!"],
    ["empty", ""],
  ])("a key that is %s is refused by name, without its value", async (_, key) => {
    await expect(openKeyring(key)).rejects.toThrow(/^ENCRYPTION_KEY must be base64 of 32 bytes/);
    if (key !== "") await expect(openKeyring(KEY_A, key)).rejects.toThrow(/^ENCRYPTION_KEYS_PREVIOUS/);
  });
});
