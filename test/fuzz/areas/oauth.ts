/** The authorization server: what clients and browsers send it, nearly right. */
import fc from "fast-check";
import type { Case } from "../case.ts";
import { bodyOf, formOf, mostly, mutated, strangeText, type Json } from "../strange.ts";

const FORM: [string, string] = ["Content-Type", "application/x-www-form-urlencoded"];
const REDIRECTS = [
  "https://client.example/cb",
  "https://client.example/cb/",
  "https://client.example:443/cb",
  "http://127.0.0.1:9/cb",
  "https://client.example/cb?x=1#y",
  "javascript:alert(1)",
  "cursor://x",
  "https://user@client.example/cb",
];

const authorize = formOf({
  response_type: mostly("code", "token", "code token"),
  client_id: mostly(
    "{{client}}",
    "{{client}}",
    "https://127.0.0.1/c.json",
    "https://evil.example/c.json",
    "none",
  ),
  redirect_uri: mostly("https://client.example/cb", ...REDIRECTS),
  code_challenge: mostly("{{challenge}}"),
  code_challenge_method: mostly("S256", "S256", "plain"),
  state: mostly("state", ""),
  resource: mostly("https://mcp.test", "https://mcp.test/mcp", "https://evil.example"),
  scope: mostly("clickup:read", "clickup:read clickup:write", "offline_access openid"),
  prompt: mostly("none", "login", "consent"),
}).map((query): Case => ({
  method: "GET",
  path: `/authorize?${query}`,
  headers: [
    ["Accept", "text/html"],
    ["Cookie", "{{cookie}}"],
  ],
}));

const decide = fc
  .tuple(
    fc.constantFrom("/authorize", "/authorize/token", "/authorize/workspaces"),
    formOf({
      handle: mostly("{{handle}}"),
      decision: mostly("clickup", "token", "deny", "account", "connect"),
      access: mostly("read", "write"),
      lifetime: mostly("1d", "until", "30d"),
      tool_sets: mostly("some", "all"),
      tool_set: mostly("tasks", "docs"),
      workspaces: mostly("some", "all"),
      workspace: mostly("9012345601"),
      for_user: mostly("{{user}}"),
      remember: mostly("yes"),
      api_key: mostly("{{token}}", "pk_1_x"),
    }),
    fc.constantFrom("{{consentCookie}}", "{{consentCookie}}", "{{cookie}}", ""),
    fc.constantFrom("null", "https://mcp.test", "https://evil.example"),
    formOf({ state: mostly("{{state}}", "x") }),
  )
  .map(([path, body, cookie, origin, query]): Case => ({
    method: "POST",
    path: path === "/authorize" ? path : `${path}?${query}`,
    headers: [FORM, ["Accept", "text/html"], ["Origin", origin], ["Cookie", cookie]],
    body,
  }));

const token = fc
  .tuple(
    formOf({
      grant_type: mostly(
        "authorization_code",
        "refresh_token",
        "client_credentials",
        "password",
        "urn:ietf:params:oauth:grant-type:token-exchange",
      ),
      code: mostly("{{code}}", "{{user}}:x:y", `${"x".repeat(600)}:y:z`),
      refresh_token: mostly("{{refresh}}", "a:b:c", "{{access}}", `${"x".repeat(600)}:y:z`),
      client_id: mostly("{{client}}", "{{client}}", "other", "x".repeat(600), ".."),
      redirect_uri: mostly("https://client.example/cb", ...REDIRECTS),
      code_verifier: mostly("{{verifier}}", "x".repeat(43)),
      scope: mostly("clickup:read", "clickup:write"),
      resource: mostly("https://mcp.test", "https://evil.example"),
    }),
    fc.constantFrom<[string, string][]>(
      [],
      [["Authorization", "Basic Og=="]],
      [["Authorization", `Basic ${btoa(`${"x".repeat(600)}:y`)}`]],
      [["Authorization", "Basic %%%"]],
      [["Origin", "https://evil.example"]],
    ),
  )
  .map(([body, more]): Case => ({ method: "POST", path: "/token", headers: [FORM, ...more], body }));

const METADATA: fc.Arbitrary<Json> = fc.record({
  client_name: strangeText,
  redirect_uris: fc.array(fc.oneof(fc.constantFrom(...REDIRECTS), strangeText), {
    minLength: 1,
    maxLength: 3,
  }),
  token_endpoint_auth_method: fc.constantFrom(
    "none",
    "client_secret_basic",
    "client_secret_post",
    "private_key_jwt",
  ),
  grant_types: fc.constantFrom<Json>(["authorization_code", "refresh_token"], ["password"]),
  response_types: fc.constantFrom<Json>(["code"], ["token"]),
  scope: strangeText,
  logo_uri: strangeText,
  client_uri: fc.constantFrom("https://client.example", "javascript:alert(1)"),
  jwks: fc.constantFrom<Json>({ keys: [] }, { keys: [{ kty: "RSA" }] }),
});
const register = bodyOf(mutated(METADATA)).map((body): Case => ({
  method: "POST",
  path: "/register",
  headers: [["Content-Type", "application/json"]],
  body,
}));

const documents = fc
  .tuple(
    fc.constantFrom("GET", "POST", "OPTIONS", "HEAD"),
    fc.constantFrom(
      "oauth-authorization-server",
      "oauth-protected-resource",
      "oauth-protected-resource/mcp",
      "openid-configuration",
      "oauth-authorization-server/mcp",
    ),
    strangeText,
  )
  .map(([method, name, q]): Case => ({
    method,
    path: `/.well-known/${name}?x=${encodeURIComponent(q.toWellFormed())}`,
    headers: [["Origin", "https://x.example"]],
  }));

const login = fc
  .tuple(
    formOf({
      state: mostly("{{state}}"),
      purpose: mostly("token", "account"),
      method: mostly("token", "clickup"),
      access: mostly("read", "write"),
      lifetime: mostly("standard", "30d"),
      next: mostly("/account", "//evil.example", "https://evil.example", "/account/../x"),
      api_key: mostly("{{token}}", "pk_1_x", "not a token"),
    }),
    fc.option(fc.constantFrom("500", "html", "truncated", "reset"), { freq: 3, nil: undefined }),
  )
  .map(([body, fault]): Case => ({
    method: "POST",
    path: "/auth/login",
    headers: [FORM, ["Accept", "text/html"], ["Origin", "null"], ["Cookie", "{{loginCookie}}"]],
    body,
    ...(fault === undefined ? {} : { fault }),
  }));

const callback = formOf({
  code: mostly("ABC"),
  state: mostly("{{state}}"),
  error: mostly("access_denied"),
  error_description: strangeText,
}).map((query): Case => ({
  method: "GET",
  path: `/auth/callback?${query}`,
  headers: [
    ["Cookie", "{{loginCookie}}; {{consentCookie}}"],
    ["Accept", "text/html"],
  ],
}));

export const oauth: fc.Arbitrary<Case> = fc.oneof(
  authorize,
  decide,
  token,
  register,
  documents,
  login,
  callback,
);
