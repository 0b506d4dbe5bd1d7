/** A ClickUp full of hostile text, through the Worker: resources, completions, prompts, questions, streams. */
import { beforeAll, describe, expect, test } from "vitest";
import { lineFaults, textFaults, unseenFaults } from "../../corpus/contained.ts";
import { INJECTIONS, MARK } from "../../corpus/injections.ts";
import { plant, planted } from "../../corpus/plant.ts";
import { SANDBOX } from "../../sandbox/clickup/index.ts";
import { readEvents } from "../../support/sse.ts";
import { clickup } from "../../support/outside.ts";
import { newUser, rpc, type TestUser } from "../../support/users.ts";

const { workspaces, tasks, lists, docs, pages } = SANDBOX;
let user: TestUser;

beforeAll(async () => {
  plant(clickup.state, [tasks.export, pages.deploy]);
  user = await newUser({ tier: "premium" });
});

async function ask<T>(method: string, params: unknown): Promise<T> {
  const response = await user.post(rpc(method, params), {
    "MCP-Protocol-Version": "2025-11-25",
    ...(await session()),
  });
  const { result } = await response.json<{ result?: T }>();
  if (result === undefined) throw new Error(`${method}: no result`);
  return result;
}

let sessionId: string | undefined;

/** A session as a 2025 client has one: resources and completions need it. */
async function session(): Promise<Record<string, string>> {
  const accept = "application/json, text/event-stream";
  if (sessionId === undefined) {
    const params = {
      protocolVersion: "2025-11-25",
      capabilities: {},
      clientInfo: { name: "t", version: "1" },
    };
    const response = await user.post(rpc("initialize", params), { Accept: accept });
    sessionId = response.headers.get("Mcp-Session-Id") ?? "";
    await response.text();
    await user.post(
      { jsonrpc: "2.0", method: "notifications/initialized" },
      { Accept: accept, "Mcp-Session-Id": sessionId },
    );
  }
  return { Accept: accept, "Mcp-Session-Id": sessionId };
}

describe("resources", () => {
  test("have titles of one line", async () => {
    const { resources } = await ask<{ resources: { title: string; name: string; uri: string }[] }>(
      "resources/list",
      {},
    );
    const trees = resources.filter(({ uri }) => uri.startsWith("clickup://"));
    expect(trees.length).toBeGreaterThan(1);
    expect(trees.some(({ title }) => MARK.test(title))).toBe(true);
    for (const { title, name, uri } of resources)
      expect([title, name, uri].flatMap((line) => lineFaults(line, 120))).toEqual([]);
  });

  test.each([
    ["hierarchy", `clickup://${workspaces.northwind}/hierarchy`],
    ["task", `clickup://${workspaces.northwind}/task/${tasks.export}`],
    ["list", `clickup://${workspaces.northwind}/list/${lists.sprint21}`],
    ["page", `clickup://${workspaces.northwind}/doc/${docs.handbook}/page/${pages.deploy}`],
    ["page by a name that is none", `clickup://${workspaces.northwind}/doc/${docs.handbook}/page/Deploy`],
    ["list by a name that is none", `clickup://${workspaces.northwind}/list/Sprint`],
  ])("%s: people's text is in the fence", async (_, uri) => {
    const { contents } = await ask<{ contents: { text: string }[] }>("resources/read", { uri });
    expect(contents).toHaveLength(1);
    for (const { text } of contents) {
      expect(textFaults(text)).toEqual([]);
      expect(text).toMatch(MARK);
    }
  });
});

describe("completions", () => {
  test.each(["list", "folder", "space", "workspace"])(
    "of %s are names of one line that find what they name",
    async (name) => {
      const template = name === "workspace" ? "hierarchy" : name;
      const uri =
        template === "list" ? "clickup://{workspace}/list/{list}" : "clickup://{workspace}/hierarchy";
      const { completion } = await ask<{ completion: { values: string[] } }>("completion/complete", {
        ref: { type: "ref/resource", uri },
        argument: { name, value: "zqx" },
      });
      for (const value of completion.values) expect(lineFaults(value, 2_000)).toEqual([]);
      if (name !== "list") return;
      expect(completion.values.length).toBeGreaterThan(3);
      const [value] = completion.values.filter((one) => one.includes("Onboarding"));
      const found = await user.call("clickup_list_get", { list: value });
      expect(found.isError).toBeUndefined();
      expect(found.structuredContent?.["id"]).toBe(lists.onboarding);
    },
  );
});

describe("prompts", () => {
  test("say back what the caller gave, and nothing of ClickUp", async () => {
    const { prompts } = await ask<{ prompts: { name: string; arguments: { name: string }[] }[] }>(
      "prompts/list",
      {},
    );
    expect(prompts.length).toBeGreaterThan(0);
    for (const { name, arguments: args } of prompts) {
      const given = Object.fromEntries(args.map((one) => [one.name, "the Sprint list"]));
      const { messages } = await ask<{ messages: { content: { text: string } }[] }>("prompts/get", {
        name,
        arguments: given,
      });
      for (const { content } of messages) expect(textFaults(content.text)).toEqual([]);
    }
  });
});

describe("questions", () => {
  test("to the person are one line, whatever the thing is called", async () => {
    const victims = Object.values(clickup.state.data.tasks).filter(
      ({ team_id }) => team_id === workspaces.northwind,
    );
    for (const { id } of victims.slice(0, INJECTIONS.length)) {
      const body = rpc("tools/call", {
        name: "clickup_task_delete",
        arguments: { task: id },
        _meta: {
          "io.modelcontextprotocol/protocolVersion": "2026-07-28",
          "io.modelcontextprotocol/clientInfo": { name: "t", version: "1" },
          "io.modelcontextprotocol/clientCapabilities": { elicitation: {} },
        },
      });
      const response = await user.post(body, {
        Accept: "application/json, text/event-stream",
        "MCP-Protocol-Version": "2026-07-28",
        "Mcp-Method": "tools/call",
        "Mcp-Name": "clickup_task_delete",
      });
      const answer = await response.json<{
        result: { resultType: string; inputRequests: Record<string, { params: { message: string } }> };
      }>();
      expect(answer.result.resultType).toBe("input_required");
      const [request] = Object.values(answer.result.inputRequests);
      expect(request?.params.message).toMatch(MARK);
      expect(lineFaults(request?.params.message ?? "", 300)).toEqual([]);
    }
  });
});

describe("on the wire", () => {
  test("an answer is one JSON value, and a stream's events are those we sent", async () => {
    const text = await (
      await user.post(
        rpc("tools/call", {
          name: "clickup_task_get",
          arguments: { task: tasks.export, include: ["description", "comments"] },
        }),
      )
    ).text();
    expect(JSON.parse(text)).toMatchObject({ jsonrpc: "2.0", id: 1 });
    expect(text).not.toContain("\n");
    // Progress makes the answer a stream.
    const bulk = { updates: [tasks.export, tasks.docs].map((task) => ({ task, priority: "high" })) };
    const params = { name: "clickup_task_bulk_update", arguments: bulk, _meta: { progressToken: 7 } };
    const response = await user.post(rpc("tools/call", params, 9), {
      "MCP-Protocol-Version": "2025-11-25",
      ...(await session()),
    });
    expect(response.headers.get("Content-Type")).toContain("text/event-stream");
    const events = (await readEvents(response).rest()).filter(({ data }) => data !== "");
    const messages = events.map(
      ({ data }) => JSON.parse(data) as { id?: number; method?: string; result?: unknown },
    );
    expect(events.every(({ event }) => event === "message" || event === "")).toBe(true);
    expect(messages.filter(({ id }) => id === 9)).toHaveLength(1);
    expect(messages.every(({ id, method }) => id === 9 || method === "notifications/progress")).toBe(true);
    expect(unseenFaults(messages)).toEqual([]);
  });

  test("the corpus reached the answers", async () => {
    const { structuredContent } = await user.call("clickup_list_get", { list: lists.onboarding });
    expect(JSON.stringify(structuredContent)).toMatch(MARK);
    expect(planted("Onboarding")).toMatch(MARK);
  });
});
