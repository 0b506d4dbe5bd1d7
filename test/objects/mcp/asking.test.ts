/** Where a question of a handler goes when the SDK does not say which request it belongs to. */
import { Server, type JSONRPCMessage, type JSONRPCRequest } from "@modelcontextprotocol/server";
import { describe, expect, test } from "vitest";
import type { Exchange } from "../../../objects/mcp/exchange.ts";
import { Session } from "../../../objects/mcp/session.ts";
import type { SessionRow, SessionStore } from "../../../objects/stores/sessions.ts";
import { readEvents } from "../../support/sse.ts";

const INITIALIZE = {
  protocolVersion: "2025-11-25",
  capabilities: { elicitation: {} },
  clientInfo: { name: "t", version: "1" },
};
const exchange = { end: () => undefined, cancel: () => undefined } as unknown as Exchange;

/** A session whose one tool asks for a form, with (or without) a client on the session's own stream. */
async function session(listening: boolean) {
  const row: SessionRow = {
    sessionId: "s1",
    kind: "http",
    deviceId: "d",
    protocol: "2025-11-25",
    initialize: INITIALIZE,
    logLevel: null,
    subscriptions: [],
    created_ms: 0,
    last_seen_ms: 0,
  };
  let seq = 0;
  const standalone: string[] = [];
  const made = new Session(row, { append: () => ++seq } as unknown as SessionStore, {
    sendStandalone: (_, frame) => {
      if (listening) standalone.push(frame);
      return listening;
    },
    closeStandalone: () => undefined,
  });
  const server = new Server({ name: "t", version: "1" }, { capabilities: { tools: {} } });
  server.setRequestHandler("tools/call", async (_, ctx) => {
    const { action } = await ctx.mcpReq.elicitInput({
      message: "Sure?",
      requestedSchema: { type: "object", properties: {} },
    });
    return { content: [{ type: "text", text: action }] };
  });
  await made.restore(server);
  const call = (id: number, mayStream: boolean): Promise<Response> => {
    const message = { jsonrpc: "2.0", id, method: "tools/call", params: { name: "ask" } } as JSONRPCRequest;
    return made.post([{ message, exchange }], { batch: false, mayStream, headers: {}, early: [] });
  };
  return { made, call, standalone };
}

describe("a question without a request named by the SDK", () => {
  test("goes on the stream of the request it is asked for, whoever else listens", async () => {
    for (const listening of [false, true]) {
      const { made, call, standalone } = await session(listening);
      const [first, second] = [readEvents(await call(1, true)), readEvents(await call(2, true))];
      for (const [id, events] of [
        [2, second],
        [1, first],
      ] as const) {
        expect((await events.next()).data).toBe("");
        const question = JSON.parse((await events.next()).data) as { id: number; method: string };
        expect(question.method).toBe("elicitation/create");
        made.deliver({ jsonrpc: "2.0", id: question.id, result: { action: "accept", content: {} } });
        expect(JSON.parse((await events.next()).data)).toMatchObject({
          id,
          result: { content: [{ text: "accept" }] },
        });
      }
      expect(standalone).toEqual([]);
    }
  });

  test("goes to the session's own stream where the request's client takes JSON only", async () => {
    const { made, call, standalone } = await session(true);
    const answer = call(1, false);
    await expect.poll(() => standalone.length).toBe(1);
    const question = JSON.parse(/^data: (.*)$/m.exec(standalone[0] ?? "")?.[1] ?? "") as { id: number };
    made.deliver({ jsonrpc: "2.0", id: question.id, result: { action: "decline" } });
    expect(await (await answer).json()).toMatchObject({ result: { content: [{ text: "decline" }] } });
  });

  test("fails at once where nobody could ever see it", async () => {
    const { call } = await session(false);
    const answer = (await (await call(1, false)).json()) as JSONRPCMessage;
    expect(JSON.stringify(answer)).toMatch(/listens to no stream/);
  });
});
