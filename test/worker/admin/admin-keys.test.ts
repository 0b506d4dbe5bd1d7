/** Rotation of the encryption key: credentials sealed with the previous one move to the current one, once. */
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { openStores } from "../../../objects/open-stores.ts";
import { Operator, type OperatorParts } from "../../../objects/account/operator.ts";
import { envelopeKid, openKeyring, Vault } from "../../../objects/secrets/vault.ts";
import { newUser } from "../../support/users.ts";

const NEW_KEY = btoa("n".repeat(32));
const OLD_KEY = btoa("o".repeat(32));

/** An operator of `userId`'s object whose vault has these keys, over its real database. */
function operatorWith(sql: SqlStorage, userId: string, current: string, previous: string): Operator {
  const stores = openStores(sql, () => Date.now());
  const vault = openKeyring(current, previous).then((keyring) => new Vault(keyring, userId));
  return new Operator({ userId, stores, vault: () => vault } as unknown as OperatorParts);
}

describe("key rotation", () => {
  it("seals again what an older key sealed, leaves the rest, and counts what no key opens", async () => {
    const user = await newUser();
    await runInDurableObject(user.object, async (_, { storage: { sql } }) => {
      const { account } = openStores(sql, () => Date.now());
      const secret = "pk_1_OLDSECRET";
      const old = new Vault(await openKeyring(OLD_KEY), user.userId);
      account.saveCredential("oauth", await old.seal("oauth", secret), Date.now());
      account.removeCredential("personal");

      const operator = operatorWith(sql, user.userId, NEW_KEY, OLD_KEY);
      expect(await operator.rotateKeys()).toEqual({ resealed: 1, current: 0, unreadable: 0 });
      const [moved] = account.credentials();
      const newVault = new Vault(await openKeyring(NEW_KEY), user.userId);
      expect(envelopeKid(moved?.envelope ?? "")).toBe(newVault.kid);
      expect(await newVault.open("oauth", moved?.envelope ?? "")).toEqual({ secret, stale: false });

      expect(await operator.rotateKeys()).toEqual({ resealed: 0, current: 1, unreadable: 0 });
      const without = operatorWith(sql, user.userId, OLD_KEY, "");
      expect(await without.rotateKeys()).toEqual({ resealed: 0, current: 0, unreadable: 1 });
      expect(account.credentials()[0]?.envelope).toBe(moved?.envelope);
    });
  });

  it("happens by itself when a credential is used, and calls go on", async () => {
    const vars = env as unknown as Record<string, string>;
    const before = vars["ENCRYPTION_KEY"] ?? "";
    const user = await newUser();
    const kid = async (): Promise<string> => {
      const stub = env.USER.getByName(user.userId);
      const rows = await runInDurableObject(stub, (_, { storage }) =>
        storage.sql.exec<{ envelope: string }>("SELECT envelope FROM credential").toArray(),
      );
      return envelopeKid(rows[0]?.envelope ?? "");
    };
    const old = await kid();
    try {
      vars["ENCRYPTION_KEY"] = NEW_KEY;
      vars["ENCRYPTION_KEYS_PREVIOUS"] = before;
      await evictDurableObject(env.USER.getByName(user.userId));
      expect((await user.call("clickup_space_get", { space: "Product" })).isError).toBeUndefined();
      const [current] = await openKeyring(NEW_KEY);
      expect(await kid()).toBe(current.kid);
      expect(current.kid).not.toBe(old);
      // The old key is not needed any more.
      delete vars["ENCRYPTION_KEYS_PREVIOUS"];
      await evictDurableObject(env.USER.getByName(user.userId));
      expect((await user.call("clickup_space_get", { space: "Product" })).isError).toBeUndefined();
    } finally {
      vars["ENCRYPTION_KEY"] = before;
      delete vars["ENCRYPTION_KEYS_PREVIOUS"];
    }
  });
});
