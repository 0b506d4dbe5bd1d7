/** A model that calls the tools it is told to, in turn: what Claude Code asks of Anthropic's Messages API, streamed. */
import { createServer } from "node:http";

/** @param {{ name: string, arguments: object }[]} calls @returns {Promise<{ url: string, seen: object[], close(): void }>} */
export async function scriptedModel(calls, server) {
  const seen = [];
  const answer = async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    if (
      request.method !== "POST" ||
      !request.url?.startsWith("/v1/messages") ||
      request.url.includes("count_tokens")
    ) {
      response.setHeader("Content-Type", "application/json").end('{"input_tokens":1}');
      return;
    }
    const asked = JSON.parse(body);
    seen.push(asked);
    const answered = asked.messages
      .flatMap(({ content }) => (Array.isArray(content) ? content : []))
      .filter(({ type }) => type === "tool_result").length;
    const next = (asked.tools ?? []).length > 0 ? calls[answered] : undefined;
    const block =
      next === undefined
        ? { type: "text", text: "" }
        : { type: "tool_use", id: `toolu_${answered}`, name: `mcp__${server}__${next.name}`, input: {} };
    const delta =
      next === undefined
        ? { type: "text_delta", text: "Done." }
        : { type: "input_json_delta", partial_json: JSON.stringify(next.arguments) };
    const stop_reason = next === undefined ? "end_turn" : "tool_use";
    const usage = { input_tokens: 1, output_tokens: 1 };
    const message = { id: `msg_${seen.length}`, type: "message", role: "assistant", model: asked.model };
    const events = [
      {
        type: "message_start",
        message: { ...message, content: [], stop_reason: null, stop_sequence: null, usage },
      },
      { type: "content_block_start", index: 0, content_block: block },
      { type: "content_block_delta", index: 0, delta },
      { type: "content_block_stop", index: 0 },
      { type: "message_delta", delta: { stop_reason, stop_sequence: null }, usage },
      { type: "message_stop" },
    ];
    response.setHeader("Content-Type", "text/event-stream");
    response.end(events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join(""));
  };
  const http = createServer((request, response) => void answer(request, response));
  await new Promise((resolve) => http.listen(0, "127.0.0.1", () => resolve(undefined)));
  return { url: `http://127.0.0.1:${http.address().port}`, seen, close: () => http.close() };
}
