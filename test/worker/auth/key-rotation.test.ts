/**
 * A change of ENCRYPTION_KEY, whole: the Worker runs with a new key and the old one in ENCRYPTION_KEYS_PREVIOUS, and
 * a database from before the change.
 */
import { env, exports } from "cloudflare:workers";
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { envelopeKid, openKeyring, Vault } from "../../../objects/secrets/vault.ts";
import type { Bindings } from "../../../worker/env.ts";
import { SANDBOX } from "../../sandbox/clickup/facts.ts";
import { clickup } from "../../support/outside.ts";
import { Browser } from "../browser.ts";
import { connect, userOfToken } from "../client.ts";
import { callTool } from "../mcp-call.ts";

const bindings = env as unknown as Bindings & { ENCRYPTION_KEYS_PREVIOUS: string };
const FORGOTTEN_KEY = btoa("f".repeat(32));

interface Status {
  configured: { ENCRYPTION_KEY: string; ENCRYPTION_KEYS_PREVIOUS: string[] };
  inUse: Record<string, number>;
}

async function admin<T>(command: string): Promise<T> {
  const response = await exports.Admin.fetch(`http://admin/${command}`, { method: "POST", body: "{}" });
  return (await response.json()) as T;
}

/** The kid that seals the user's credential. */
function kidOf(userId: string): Promise<string> {
  return runInDurableObject(env.USER.getByName(userId), (_, { storage }) =>
    envelopeKid(storage.sql.exec<{ envelope: string }>("SELECT envelope FROM credential").one().envelope),
  );
}

/** Puts the database back to before the change: the credential is sealed with `key`. */
async function sealedWith(key: string, userId: string): Promise<string> {
  const vault = new Vault(await openKeyring(key), userId);
  const envelope = await vault.seal("personal", SANDBOX.tokens.alice);
  const stub = env.USER.getByName(userId);
  await runInDurableObject(stub, (_, { storage }) => {
    storage.sql.exec("UPDATE credential SET envelope = ?", envelope);
  });
  await evictDurableObject(stub);
  return vault.kid;
}

describe("after a change of the encryption key", () => {
  it("a call works, and its credential is sealed with the new key from then on", async () => {
    const [, tokens] = await connect(new Browser(), SANDBOX.tokens.alice);
    const userId = userOfToken(tokens.access_token);
    const newKid = await kidOf(userId);
    const oldKid = await sealedWith(bindings.ENCRYPTION_KEYS_PREVIOUS, userId);
    expect(oldKid).not.toBe(newKid);
    const before = await admin<Status>("keys/status");
    expect(before.configured).toMatchObject({ ENCRYPTION_KEY: newKid, ENCRYPTION_KEYS_PREVIOUS: [oldKid] });
    expect(before.inUse).toEqual({ [oldKid]: 1 });

    expect(
      (await callTool(tokens.access_token, "clickup_space_get", { space: SANDBOX.spaces.product })).isError,
    ).toBeUndefined();
    expect(await kidOf(userId)).toBe(newKid);
    expect((await admin<Status>("keys/status")).inUse).toEqual({ [newKid]: 1 });
  });

  it("the sweep seals what nobody used, until no old key is in use", async () => {
    const [, tokens] = await connect(new Browser(), SANDBOX.tokens.alice);
    const userId = userOfToken(tokens.access_token);
    const oldKid = await sealedWith(bindings.ENCRYPTION_KEYS_PREVIOUS, userId);
    expect((await admin<Status>("keys/status")).inUse[oldKid]).toBe(1);
    expect(await admin("keys/rotate")).toMatchObject({ resealed: 1, unreadable: 0, unreadableUsers: [] });
    expect((await admin<Status>("keys/status")).inUse[oldKid]).toBeUndefined();
    expect(await admin("keys/rotate")).toMatchObject({ resealed: 0, unreadable: 0 });
    expect(
      (await callTool(tokens.access_token, "clickup_space_get", { space: SANDBOX.spaces.product })).isError,
    ).toBeUndefined();
  });

  it("a key that is gone opens nothing: the person is asked to connect again, and nothing leaves", async () => {
    const [, tokens] = await connect(new Browser(), SANDBOX.tokens.alice);
    const userId = userOfToken(tokens.access_token);
    const goneKid = await sealedWith(FORGOTTEN_KEY, userId);
    clickup.clearCalls();
    const refused = await callTool(tokens.access_token, "clickup_space_get", {
      space: SANDBOX.spaces.product,
    });
    expect(refused.isError).toBe(true);
    expect(refused.content[0]?.text).toMatch(/Reconnect ClickUp/);
    expect(clickup.calls).toEqual([]);
    expect(await admin("keys/rotate")).toMatchObject({
      resealed: 0,
      unreadable: 1,
      unreadableUsers: [userId],
    });
    expect(await kidOf(userId)).toBe(goneKid);
    // Signing in anew seals anew.
    await connect(new Browser(), SANDBOX.tokens.alice);
    expect(
      (await callTool(tokens.access_token, "clickup_space_get", { space: SANDBOX.spaces.product })).isError,
    ).toBeUndefined();
  });
});
