/** Skills over MCP (SEP-2640): what a host does with them, on each lane. */
import { describe, expect, test } from "vitest";
import { newUser, rpc, type TestUser } from "../../support/users.ts";

interface Entry {
  uri: string;
  frontmatter: { name: string; description: string };
  resources: { uri: string; digest: string; size: number }[];
}
type Answer = { result?: Record<string, unknown>; error?: { code: number; message: string } };

const EXTENSION = "io.modelcontextprotocol/skills";
const MODERN_META = {
  "io.modelcontextprotocol/protocolVersion": "2026-07-28",
  "io.modelcontextprotocol/clientCapabilities": { extensions: { [EXTENSION]: {} } },
  "io.modelcontextprotocol/clientInfo": { name: "t", version: "1" },
};

async function modern(user: TestUser, method: string, params: Record<string, unknown> = {}): Promise<Answer> {
  const named: Record<string, string> =
    typeof params["uri"] === "string" && method === "resources/read" ? { "Mcp-Name": params["uri"] } : {};
  const headers: Record<string, string> = {
    Accept: "application/json, text/event-stream",
    "MCP-Protocol-Version": "2026-07-28",
    "Mcp-Method": method,
    ...named,
  };
  return (await user.post(rpc(method, { ...params, _meta: MODERN_META }), headers)).json();
}

const plain = async (user: TestUser, method: string, params: Record<string, unknown> = {}): Promise<Answer> =>
  (await user.post(rpc(method, params))).json();

const hexOf = (bytes: Uint8Array): string =>
  [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");

describe.each([
  ["2026-07-28", modern],
  ["2025 without a session", plain],
] as const)("skills, %s", (_, ask) => {
  test("are listed whole, and each file is what its entry says", async () => {
    const user = await newUser();
    const { result } = await ask(user, "skills/list");
    expect(result).toMatchObject({
      resultType: "complete",
      cacheScope: "public",
      ttlMs: expect.any(Number) as number,
    });
    const entries = result?.["skills"] as Entry[];
    expect(entries.map((entry) => entry.frontmatter.name)).toEqual([
      "tour-workspace",
      "capture-tasks",
      "daily-standup",
      "triage-inbox",
      "plan-sprint",
      "status-report",
      "break-down-task",
    ]);
    for (const entry of entries) {
      // The last segment before SKILL.md is the name; names follow the Agent Skills rules.
      expect(entry.uri).toBe(`skill://${entry.frontmatter.name}/SKILL.md`);
      expect(entry.frontmatter.name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
      expect(entry.frontmatter.description).toMatch(/Use it when/);
      expect(entry.resources.map((file) => file.uri)).toEqual([entry.uri]);
      const read = await ask(user, "resources/read", { uri: entry.uri });
      const [content] = (read.result?.["contents"] ?? []) as { text: string; mimeType: string }[];
      const bytes = new TextEncoder().encode(content?.text);
      const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
      expect(entry.resources[0]).toEqual({
        uri: entry.uri,
        digest: `sha256:${hexOf(hash)}`,
        size: bytes.length,
      });
      expect(content?.mimeType).toBe("text/markdown");
      const [, frontmatter = ""] = /^---\n([\s\S]*?)\n---\n/.exec(content?.text ?? "") ?? [];
      expect(frontmatter).toBe(
        `name: ${entry.frontmatter.name}\ndescription: ${JSON.stringify(entry.frontmatter.description)}`,
      );
      // Only tools there are, and nothing left open.
      expect(content?.text).toMatch(/## Steps\n\n1\. /);
      expect(content?.text).not.toMatch(/undefined|""/);
      expect((await ask(user, "skills/get", { uri: entry.uri })).result).toMatchObject({
        skill: entry,
        resultType: "complete",
        cacheScope: "public",
      });
    }
  });

  test("that are not there are -32602", async () => {
    const user = await newUser();
    for (const uri of ["skill://no-such/SKILL.md", "skill://daily-standup", "account://plan", ""]) {
      const { error } = await ask(user, "skills/get", { uri });
      expect([uri, error?.code]).toEqual([uri, -32602]);
    }
    expect((await ask(user, "skills/get")).error?.code).toBe(-32602);
    expect((await ask(user, "skills/list", { cursor: "2" })).error?.code).toBe(-32602);
    expect(
      (await ask(user, "resources/read", { uri: "skill://daily-standup/OTHER.md" })).error?.code,
    ).toBeLessThan(-32000);
  });
});

test("the extension is declared, beside resources", async () => {
  const user = await newUser();
  const { result } = await modern(user, "server/discover");
  expect(result?.["capabilities"]).toMatchObject({ resources: {}, extensions: { [EXTENSION]: {} } });
});
