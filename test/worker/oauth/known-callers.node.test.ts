/** How long, for whom and how many tokens an isolate takes as verified. */
import { describe, expect, test } from "vitest";
import type { Bindings } from "../../../worker/env.ts";
import { knownCaller, rememberCaller } from "../../../worker/oauth/known-callers.ts";

const environment = (): Bindings => ({}) as unknown as Bindings;

function caller(token: string, expiresAt?: number) {
  const auth = { token, audience: "https://mcp.test", scope: ["clickup:read"] };
  return {
    auth: expiresAt === undefined ? auth : { ...auth, expiresAt },
    props: { userId: "u_1", deviceId: "d_1", via: "oauth" as const },
  };
}

describe("known callers", () => {
  test("a token is known for 30 seconds", () => {
    const env = environment();
    rememberCaller(env, caller("a", 1_000), 0);
    expect(knownCaller(env, "Bearer a", 29_999)?.props.deviceId).toBe("d_1");
    expect(knownCaller(env, "Bearer a", 30_000)).toBeUndefined();
  });

  test("and never past its own end", () => {
    const env = environment();
    rememberCaller(env, caller("a", 10), 0);
    expect(knownCaller(env, "Bearer a", 9_999)).toBeDefined();
    expect(knownCaller(env, "Bearer a", 10_000)).toBeUndefined();
  });

  test("a token without an end is not kept", () => {
    const env = environment();
    rememberCaller(env, caller("a"), 0);
    expect(knownCaller(env, "Bearer a", 1)).toBeUndefined();
  });

  test("other tokens, other schemes and other environments are strangers", () => {
    const env = environment();
    rememberCaller(env, caller("a", 1_000), 0);
    expect(knownCaller(env, "Bearer b", 1)).toBeUndefined();
    expect(knownCaller(env, "Basic a", 1)).toBeUndefined();
    expect(knownCaller(env, null, 1)).toBeUndefined();
    expect(knownCaller(environment(), "Bearer a", 1)).toBeUndefined();
  });

  test("a flood of tokens pushes out the oldest, not the newest", () => {
    const env = environment();
    for (let i = 0; i < 2_001; i++) rememberCaller(env, caller(`t${i}`, 1_000), 0);
    expect(knownCaller(env, "Bearer t0", 1)).toBeUndefined();
    expect(knownCaller(env, "Bearer t2000", 1)).toBeDefined();
  });
});
