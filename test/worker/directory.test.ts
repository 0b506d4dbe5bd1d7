import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import type { AccountView } from "../../objects/rpc/user.ts";
import { base32, newDeviceId, recordUser, userIdOf } from "../../worker/directory.ts";

const account: AccountView = {
  userId: "u_x",
  clickupUserId: "77",
  username: "Ana",
  email: "ana@example.com",
  timeZone: "UTC",
  workspaces: [],
  defaultWorkspaceId: null,
  timeZoneOverride: null,
  defaultPinned: false,
  credentials: [],
  tier: "free",
  created_ms: 1_700_000_000_000,
};

describe("directory", () => {
  it("encodes base32 as RFC 4648 does", () => {
    const vectors = {
      f: "my",
      fo: "mzxq",
      foo: "mzxw6",
      foob: "mzxw6yq",
      fooba: "mzxw6ytb",
      foobar: "mzxw6ytboi",
    };
    for (const [text, expected] of Object.entries(vectors)) {
      expect(base32(new TextEncoder().encode(text))).toBe(expected);
    }
  });

  it("derives the user id from the ClickUp id alone", async () => {
    const id = await userIdOf("183");
    expect(id).toMatch(/^u_[a-z2-7]{20}$/);
    expect(await userIdOf("183")).toBe(id);
    expect(await userIdOf("184")).not.toBe(id);
  });

  it("makes device ids that do not repeat", () => {
    const ids = new Set(Array.from({ length: 100 }, newDeviceId));
    expect(ids.size).toBe(100);
    for (const id of ids) expect(id).toMatch(/^d_[a-z2-7]{26}$/);
  });

  it("records a user once, and again only after a change", async () => {
    const kv = env.USER_MAPPINGS;
    const put = vi.spyOn(kv, "put");
    await recordUser(kv, account);
    expect(await kv.get("clickup:77", "json")).toEqual({
      userId: "u_x",
      email: "ana@example.com",
      created: "2023-11-14T22:13:20.000Z",
    });
    expect(await kv.get("user:u_x", "json")).toMatchObject({ clickupUserId: "77", username: "Ana" });
    const writes = put.mock.calls.length;
    await recordUser(kv, account);
    expect(put.mock.calls.length).toBe(writes);
    await recordUser(kv, { ...account, username: "Ana B" });
    expect(await kv.get("user:u_x", "json")).toMatchObject({ username: "Ana B" });
    put.mockRestore();
  });
});
