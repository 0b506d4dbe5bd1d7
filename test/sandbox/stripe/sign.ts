/**
 * The Stripe-Signature header: `t=<Unix seconds>,v1=<hex HMAC-SHA256 of "t.body">`, one v1 for every secret.
 * Source: Stripe's description of webhook signatures, as the SDK verifies them.
 */
export async function signatureHeader(body: string, secrets: string[], at_s: number): Promise<string> {
  const signatures = await Promise.all(secrets.map((secret) => hmacHex(secret, `${at_s}.${body}`)));
  return [`t=${at_s}`, ...signatures.map((hex) => `v1=${hex}`)].join(",");
}

async function hmacHex(secret: string, message: string): Promise<string> {
  const encoder = new TextEncoder();
  const key = await crypto.subtle.importKey(
    "raw",
    encoder.encode(secret),
    { name: "HMAC", hash: "SHA-256" },
    false,
    ["sign"],
  );
  const signed = new Uint8Array(await crypto.subtle.sign("HMAC", key, encoder.encode(message)));
  return [...signed].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
