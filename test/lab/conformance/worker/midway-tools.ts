/** Tools that send something before they answer: logs, progress, questions of the 2025 revisions, a closed stream. */
import type { ElicitRequestFormParams } from "@modelcontextprotocol/server";
import { contextOf, fixtureTool, pause, text, word, type FixtureTool } from "./fixture.ts";

const STEP_MS = 50;
/** Longer than a client takes to come back for a stream that was closed. */
const AWAY_MS = 300;

type Properties = ElicitRequestFormParams["requestedSchema"]["properties"];

/** Asks for a form and answers with what came back. */
function asks(name: string, description: string, message: string, properties: Properties): FixtureTool {
  return fixtureTool(name, description, async (_, scope) => {
    const { action, content } = await contextOf(scope).mcpReq.elicitInput({
      message,
      requestedSchema: { type: "object", properties },
    });
    return text(`Elicitation completed: action=${action}, content=${JSON.stringify(content ?? {})}`);
  });
}

const FIRST_SECOND_THIRD = ["First", "Second", "Third"];

export const MIDWAY_TOOLS: FixtureTool[] = [
  fixtureTool("test_tool_with_logging", "Logs three times.", async (_, scope) => {
    const { mcpReq } = contextOf(scope);
    await mcpReq.log("info", "Tool execution started");
    await pause(STEP_MS);
    await mcpReq.log("info", "Tool processing data");
    await pause(STEP_MS);
    await mcpReq.log("info", "Tool execution completed");
    return text("logged three times");
  }),
  fixtureTool("test_logging_tool", "Logs once at every level.", async (_, scope) => {
    const { mcpReq } = contextOf(scope);
    for (const level of ["debug", "info", "notice", "warning", "error"] as const) {
      await mcpReq.log(level, `a message of level ${level}`);
    }
    return text("logged");
  }),
  fixtureTool("test_tool_with_progress", "Reports progress in three steps.", async (_, scope) => {
    for (const done of [0, 50, 100]) {
      scope.progress(done, 100);
      await pause(STEP_MS);
    }
    return text("done in three steps");
  }),
  fixtureTool(
    "test_sampling",
    "Asks the client's model.",
    async (args, scope) => {
      const { content } = await contextOf(scope).mcpReq.requestSampling({
        messages: [{ role: "user", content: { type: "text", text: word(args, "prompt") } }],
        maxTokens: 100,
      });
      const blocks = Array.isArray(content) ? content : [content];
      const said = blocks.map((block) => (block.type === "text" ? block.text : block.type)).join(" ");
      return text(`LLM response: ${said}`);
    },
    { properties: { prompt: { type: "string" } }, required: ["prompt"] },
  ),
  fixtureTool(
    "test_elicitation",
    "Asks the person for a name and an address.",
    async (args, scope) => {
      const answer = await contextOf(scope).mcpReq.elicitInput({
        message: word(args, "message"),
        requestedSchema: {
          type: "object",
          properties: {
            username: { type: "string", description: "User's response" },
            email: { type: "string", description: "User's email address" },
          },
          required: ["username", "email"],
        },
      });
      return text(
        `User response: action: ${answer.action}, content: ${JSON.stringify(answer.content ?? {})}`,
      );
    },
    { properties: { message: { type: "string" } }, required: ["message"] },
  ),
  asks("test_elicitation_sep1034_defaults", "Asks with a default of every type.", "Check these values", {
    name: { type: "string", default: "John Doe" },
    age: { type: "integer", default: 30 },
    score: { type: "number", default: 95.5 },
    status: { type: "string", enum: ["active", "inactive", "pending"], default: "active" },
    verified: { type: "boolean", default: true },
  }),
  asks("test_elicitation_sep1330_enums", "Asks with every kind of choice.", "Choose", {
    untitledSingle: { type: "string", enum: ["option1", "option2", "option3"] },
    titledSingle: {
      type: "string",
      oneOf: FIRST_SECOND_THIRD.map((word, i) => ({ const: `value${i + 1}`, title: `${word} option` })),
    },
    legacyEnum: {
      type: "string",
      enum: ["opt1", "opt2", "opt3"],
      enumNames: ["Option one", "Option two", "Option three"],
    },
    untitledMulti: {
      type: "array",
      items: { type: "string", enum: ["option1", "option2", "option3"] },
    },
    titledMulti: {
      type: "array",
      items: {
        anyOf: FIRST_SECOND_THIRD.map((word, i) => ({ const: `value${i + 1}`, title: `${word} choice` })),
      },
    },
  }),
  fixtureTool("test_reconnection", "Closes its stream and answers on the next one.", async (_, scope) => {
    contextOf(scope).http?.closeSSE?.();
    await pause(AWAY_MS);
    return text("answered after the stream was closed");
  }),
];
