/** The envelope read and written from its description alone, with another implementation (Node's own crypto). */
import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { openKeyring, Vault } from "../../../objects/secrets/vault.ts";
import envelopes from "../../vectors/envelopes.json" with { type: "json" };

function keyFor(root: Buffer, salt: Buffer, user: string, kind: string): Buffer {
  return Buffer.from(hkdfSync("sha256", root, salt, `clickup-mcp/credential/v1|${user}|${kind}`, 32));
}

const kidOf = (root: Buffer): string =>
  createHash("sha256")
    .update(Buffer.concat([Buffer.from("kid"), root]))
    .digest("hex")
    .slice(0, 8);

function openElsewhere(root: Buffer, user: string, kind: string, envelope: string): string {
  const [version, kid, salt = "", iv = "", sealed = ""] = envelope.split(".");
  const bytes = Buffer.from(sealed, "base64url");
  const cipher = createDecipheriv(
    "aes-256-gcm",
    keyFor(root, Buffer.from(salt, "base64url"), user, kind),
    Buffer.from(iv, "base64url"),
  );
  cipher.setAAD(Buffer.from(`clickup-mcp|${version}|${kid}|${user}|${kind}`));
  cipher.setAuthTag(bytes.subarray(-16));
  return Buffer.concat([cipher.update(bytes.subarray(0, -16)), cipher.final()]).toString();
}

function sealElsewhere(root: Buffer, user: string, kind: string, secret: string): string {
  const [salt, iv, kid] = [randomBytes(16), randomBytes(12), kidOf(root)];
  const cipher = createCipheriv("aes-256-gcm", keyFor(root, salt, user, kind), iv);
  cipher.setAAD(Buffer.from(`clickup-mcp|v1|${kid}|${user}|${kind}`));
  const sealed = Buffer.concat([cipher.update(secret), cipher.final(), cipher.getAuthTag()]);
  return ["v1", kid, ...[salt, iv, sealed].map((part) => part.toString("base64url"))].join(".");
}

describe("another implementation", () => {
  test("opens the golden envelopes", () => {
    for (const { key, user, kind, secret, envelope } of envelopes) {
      expect(openElsewhere(Buffer.from(key, "base64"), user, kind, envelope)).toBe(secret);
    }
  });

  test("opens what the vault seals, and the vault opens what it seals", async () => {
    const root = randomBytes(32);
    const vault = new Vault(await openKeyring(root.toString("base64")), "u_alice");
    for (const secret of ["pk_1_A", "", "Grüße 👩‍💻"]) {
      expect(openElsewhere(root, "u_alice", "oauth", await vault.seal("oauth", secret))).toBe(secret);
      const { secret: opened } = await vault.open("oauth", sealElsewhere(root, "u_alice", "oauth", secret));
      expect(opened).toBe(secret);
    }
  });
});
