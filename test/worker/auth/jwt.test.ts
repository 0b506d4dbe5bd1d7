import { env } from "cloudflare:workers";
import { SignJWT } from "jose";
import { describe, expect, it } from "vitest";
import { looksLikeJwt, signDeviceToken, verifyDeviceToken } from "../../../worker/auth/jwt.ts";
import { configOf, type Bindings, type Config } from "../../../worker/env.ts";

const config = configOf(env as unknown as Bindings);
const device = { userId: "u_abc", deviceId: "d_abc", scopes: ["clickup:read"], expires_s: 0 };
const now_s = () => Math.floor(Date.now() / 1000);

function sign(changes: Partial<typeof device> = {}, by: Config = config) {
  return signDeviceToken(by, { ...device, expires_s: now_s() + 3600, ...changes }, Date.now());
}

const withSecret = (secret: string, previousSecret: string | null = null): Config => ({
  ...config,
  jwt: { ...config.jwt, secret, previousSecret },
});

describe("device tokens", () => {
  it("come back as they were signed", async () => {
    const token = await sign();
    expect(looksLikeJwt(token)).toBe(true);
    expect(await verifyDeviceToken(config, token)).toMatchObject({
      userId: "u_abc",
      deviceId: "d_abc",
      scopes: ["clickup:read"],
    });
  });

  it("survive one change of the secret, not two", async () => {
    const old = "o".repeat(40);
    const token = await sign({}, withSecret(old));
    expect(await verifyDeviceToken(withSecret("n".repeat(40), old), token)).not.toBeNull();
    expect(await verifyDeviceToken(withSecret("n".repeat(40)), token)).toBeNull();
  });

  it("are refused when expired, for another audience, or changed", async () => {
    expect(await verifyDeviceToken(config, await sign({ expires_s: now_s() - 1 }))).toBeNull();
    const elsewhere = { ...config, origin: "https://other.example" };
    expect(await verifyDeviceToken(config, await sign({}, elsewhere))).toBeNull();
    const [head, , signature] = (await sign()).split(".");
    const forged = btoa(JSON.stringify({ sub: "u_victim", jti: "d_abc", exp: now_s() + 60, scope: "" }));
    expect(await verifyDeviceToken(config, `${head}.${forged}.${signature}`)).toBeNull();
  });

  it("are refused without a signature, or signed by us for another purpose", async () => {
    const head = btoa(JSON.stringify({ alg: "none", typ: "at+jwt" })).replace(/=+$/, "");
    const [, body] = (await sign()).split(".");
    expect(await verifyDeviceToken(config, `${head}.${body}.`)).toBeNull();
    const other = (typ: string, audience: string, issuer = config.origin) =>
      new SignJWT({ scope: "clickup:read" })
        .setProtectedHeader({ alg: "HS256", typ })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject("u_abc")
        .setJti("d_abc")
        .setExpirationTime("5m")
        .sign(new TextEncoder().encode(config.jwt.secret));
    expect(await verifyDeviceToken(config, await other("at+jwt", config.origin))).not.toBeNull();
    expect(await verifyDeviceToken(config, await other("login+jwt", config.origin))).toBeNull();
    expect(await verifyDeviceToken(config, await other("at+jwt", `${config.origin}/auth/login`))).toBeNull();
    expect(
      await verifyDeviceToken(config, await other("at+jwt", config.origin, "https://x.test")),
    ).toBeNull();
  });
});
