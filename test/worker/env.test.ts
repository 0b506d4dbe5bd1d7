import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { parseConfig, type Bindings } from "../../worker/env.ts";

const base = { ...env } as unknown as Bindings;

function parse(changes: Record<string, unknown>) {
  return parseConfig({ ...base, ...changes });
}

function problems(changes: Record<string, unknown>): string {
  const result = parse(changes);
  if (result.ok) throw new Error("expected a refusal");
  return result.message;
}

describe("configuration", () => {
  it("has the documented defaults", () => {
    const result = parse({
      CLICKUP_API_URL: undefined,
      CLICKUP_AUTH_URL: undefined,
      CLICKUP_CLIENT_ID: undefined,
      CLICKUP_CLIENT_SECRET: undefined,
    });
    if (!result.ok) throw new Error(result.message);
    expect(result.config).toMatchObject({
      clickup: {
        apiUrl: "https://api.clickup.com/api",
        authUrl: "https://app.clickup.com/api",
        app: null,
      },
      limits: { free: 100, premium: 500 },
      defaultTier: "free",
      rateLimiting: true,
      auditLogging: true,
      jwt: { ttl_seconds: 86_400, previousSecret: null },
      allowedOrigins: [],
    });
  });

  it("names every problem in one message and no value", () => {
    const message = problems({
      ENCRYPTION_KEY: undefined,
      JWT_SECRET: "short-secret-value",
      PUBLIC_URL: "http://mcp.example.com",
      FREE_REQUESTS_PER_MINUTE: "many",
      USER_MAPPINGS: undefined,
    });
    for (const name of [
      "ENCRYPTION_KEY",
      "JWT_SECRET",
      "PUBLIC_URL",
      "FREE_REQUESTS_PER_MINUTE",
      "USER_MAPPINGS",
    ]) {
      expect(message).toContain(name);
    }
    expect(message).not.toContain("short-secret-value");
    expect(message).not.toContain("http://mcp.example.com ");
  });

  it("treats an empty value as not set", () => {
    expect(problems({ JWT_SECRET: "" })).toContain("JWT_SECRET is missing");
    expect(parse({ JWT_SECRET_PREVIOUS: "", ALLOWED_ORIGINS: "" }).ok).toBe(true);
  });

  it.each([
    ["31 bytes", btoa("x".repeat(31))],
    ["33 bytes", btoa("x".repeat(33))],
    ["not base64", "not base64 at all!"],
    ["32 characters of text", "x".repeat(32)],
  ])("refuses an encryption key of %s", (_, key) => {
    expect(problems({ ENCRYPTION_KEY: key })).toContain("ENCRYPTION_KEY");
    expect(problems({ ENCRYPTION_KEYS_PREVIOUS: `${btoa("y".repeat(32))},${key}` })).toContain(
      "ENCRYPTION_KEYS_PREVIOUS",
    );
  });

  it.each([
    ["https://mcp.example.com", true],
    ["https://mcp.example.com/", true],
    ["http://localhost:8787", true],
    ["http://127.0.0.1:8787", true],
    ["http://mcp.example.com", false],
    ["https://mcp.example.com/path", false],
    ["https://user@mcp.example.com", false],
    ["mcp.example.com", false],
    ["ftp://mcp.example.com", false],
  ])("PUBLIC_URL %s is accepted: %s", (url, accepted) => {
    expect(parse({ PUBLIC_URL: url }).ok).toBe(accepted);
  });

  it("wants both halves of the ClickUp app or none", () => {
    expect(problems({ CLICKUP_CLIENT_SECRET: undefined })).toContain("CLICKUP_CLIENT_SECRET is missing");
    expect(problems({ CLICKUP_CLIENT_ID: undefined })).toContain("CLICKUP_CLIENT_ID is missing");
  });

  it.each(["ENABLE_RATE_LIMITING", "ENABLE_AUDIT_LOGGING"])("refuses %s=false in production only", (name) => {
    expect(parse({ [name]: "false" }).ok).toBe(true);
    expect(problems({ [name]: "false", ENVIRONMENT: "production" })).toContain(name);
  });

  it("takes numbers as numbers or text", () => {
    for (const value of [250, "250"]) {
      const result = parse({ FREE_REQUESTS_PER_MINUTE: value });
      expect(result.ok && result.config.limits.free).toBe(250);
    }
    expect(problems({ FREE_REQUESTS_PER_MINUTE: "0" })).toContain("FREE_REQUESTS_PER_MINUTE");
  });
});
