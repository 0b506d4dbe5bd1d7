/** How long, for whom and how many tokens an isolate takes as verified. */
import { describe, expect, test } from "vitest";
import type { Bindings } from "../../../worker/env.ts";
import { verifiedToken, rememberToken } from "../../../worker/oauth/verified-tokens.ts";

const environment = (): Bindings => ({}) as unknown as Bindings;

function caller(token: string, expiresAt?: number) {
  const auth = { token, audience: "https://mcp.test", scope: ["clickup:read"] };
  return {
    auth: expiresAt === undefined ? auth : { ...auth, expiresAt },
    props: { userId: "u_1", deviceId: "d_1", via: "oauth" as const },
  };
}

describe("verified tokens", () => {
  test("a token is known for 30 seconds", () => {
    const env = environment();
    rememberToken(env, caller("a", 1_000), 0);
    expect(verifiedToken(env, "Bearer a", 29_999)?.props.deviceId).toBe("d_1");
    expect(verifiedToken(env, "Bearer a", 30_000)).toBeUndefined();
  });

  test("and never past its own end", () => {
    const env = environment();
    rememberToken(env, caller("a", 10), 0);
    expect(verifiedToken(env, "Bearer a", 9_999)).toBeDefined();
    expect(verifiedToken(env, "Bearer a", 10_000)).toBeUndefined();
  });

  test("a token without an end is not kept", () => {
    const env = environment();
    rememberToken(env, caller("a"), 0);
    expect(verifiedToken(env, "Bearer a", 1)).toBeUndefined();
  });

  test("other tokens, other schemes and other environments are strangers", () => {
    const env = environment();
    rememberToken(env, caller("a", 1_000), 0);
    expect(verifiedToken(env, "Bearer b", 1)).toBeUndefined();
    expect(verifiedToken(env, "Basic a", 1)).toBeUndefined();
    expect(verifiedToken(env, null, 1)).toBeUndefined();
    expect(verifiedToken(environment(), "Bearer a", 1)).toBeUndefined();
  });

  test("a flood of tokens pushes out the oldest, not the newest", () => {
    const env = environment();
    for (let i = 0; i < 2_001; i++) rememberToken(env, caller(`t${i}`, 1_000), 0);
    expect(verifiedToken(env, "Bearer t0", 1)).toBeUndefined();
    expect(verifiedToken(env, "Bearer t2000", 1)).toBeDefined();
  });
});
