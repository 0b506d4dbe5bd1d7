/**
 * server.json, the server's entry for the MCP registry, says what is deployed. Its rules are those of the registry's
 * schema 2025-12-11 (modelcontextprotocol/registry, docs/reference/server-json).
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "jsonc-parser";
import { expect, test } from "vitest";
import packageJson from "../../package.json" with { type: "json" };

const ROOT = join(import.meta.dirname, "../..");
const read = (file: string): string => readFileSync(join(ROOT, file), "utf8");

interface Entry {
  $schema: string;
  name: string;
  title: string;
  description: string;
  version: string;
  websiteUrl: string;
  icons: { src: string }[];
  remotes: { type: string; url: string }[];
}

const entry = JSON.parse(read("server.json")) as Entry;
const { env } = parse(read("wrangler.jsonc")) as {
  env: { production: { vars: { PUBLIC_URL: string } } };
};
const origin = env.production.vars.PUBLIC_URL;

test("names this server by its domain, with this version", () => {
  const reversed = new URL(origin).hostname.split(".").toReversed().join(".");
  expect(entry.name).toBe(`${reversed}/clickup`);
  expect(entry.name).toMatch(/^[a-zA-Z0-9.-]{1,100}\/[a-zA-Z0-9._-]{1,99}$/);
  expect(entry.version).toBe(packageJson.version);
});

test("leads to the endpoints there are", () => {
  expect(entry.remotes).toEqual([
    { type: "streamable-http", url: `${origin}/mcp` },
    { type: "sse", url: `${origin}/sse` },
  ]);
  expect([entry.websiteUrl, entry.icons.map(({ src }) => src)]).toEqual([origin, [`${origin}/favicon.svg`]]);
});

test("keeps to the registry's lengths", () => {
  expect(entry.$schema).toBe("https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json");
  expect(entry.description.length).toBeLessThanOrEqual(100);
  expect(entry.title.length).toBeLessThanOrEqual(100);
});
