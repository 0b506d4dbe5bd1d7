/** Tools whose answer is a question first (multi-round requests of 2026-07-28, SEP-2322). */
import {
  acceptedContent,
  CLIENT_CAPABILITIES_META_KEY,
  inputRequired,
  inputResponse,
  type ClientCapabilities,
  type InputRequest,
  type InputRequiredResult,
} from "@modelcontextprotocol/server";
import { z } from "zod";
import type { Scope } from "../../../../objects/mcp/surface.ts";
import { contextOf, fixtureTool, text, type FixtureTool } from "./fixture.ts";
import { STATE } from "./state.ts";

const NAME = z.object({ name: z.string() });
const COLOUR = z.object({ color: z.string() });
const CONFIRMED = z.object({ ok: z.boolean() });

/** What came back for a key, when it is an accepted form of that shape. */
export function answered<T>(scope: Scope, key: string, schema: z.ZodType<T>): T | undefined {
  return acceptedContent(contextOf(scope).mcpReq.inputResponses, key, schema);
}

export function askName(message = "What is your name?"): InputRequest {
  return inputRequired.elicit({
    message,
    requestedSchema: { type: "object", properties: { name: { type: "string" } }, required: ["name"] },
  });
}

export function confirm(message: string, field: "ok" | "confirm" = "ok"): InputRequest {
  return inputRequired.elicit({
    message,
    requestedSchema: { type: "object", properties: { [field]: { type: "boolean" } }, required: [field] },
  });
}

function sample(question: string, maxTokens: number): InputRequest {
  return inputRequired.createMessage({
    messages: [{ role: "user", content: { type: "text", text: question } }],
    maxTokens,
  });
}

async function withState(
  scope: Scope,
  step: number,
  inputRequests: Record<string, InputRequest>,
): Promise<InputRequiredResult> {
  return inputRequired({ inputRequests, requestState: await STATE.mint({ step }, contextOf(scope)) });
}

/** The step our own verified state names; 0 when the request carried none. */
function stepOf(scope: Scope): number {
  return contextOf(scope).mcpReq.requestState<{ step: number } | undefined>()?.step ?? 0;
}

/** Asks for a confirmation under a signed state, and answers once it came back with that state. */
function confirmsUnderState(name: string): FixtureTool {
  return fixtureTool(name, "Asks under a signed state.", async (_, scope) => {
    const confirmed = answered(scope, "confirm", CONFIRMED);
    if (confirmed === undefined || stepOf(scope) !== 1) {
      return withState(scope, 1, { confirm: confirm("Please confirm") });
    }
    return text(`state-ok, confirmed: ${String(confirmed.ok)}`);
  });
}

export const INPUT_TOOLS: FixtureTool[] = [
  fixtureTool("test_input_required_result_elicitation", "Asks for a name.", async (_, scope) => {
    const answer = answered(scope, "user_name", NAME);
    if (answer === undefined) return inputRequired({ inputRequests: { user_name: askName() } });
    return text(`Hello, ${answer.name}!`);
  }),
  fixtureTool("test_input_required_result_sampling", "Asks the client's model.", async (_, scope) => {
    const view = inputResponse(contextOf(scope).mcpReq.inputResponses, "capital_question");
    if (view.kind === "sampling") return text(JSON.stringify(view.result.content));
    return inputRequired({
      inputRequests: { capital_question: sample("What is the capital of France?", 100) },
    });
  }),
  fixtureTool("test_input_required_result_list_roots", "Asks for the roots.", async (_, scope) => {
    const view = inputResponse(contextOf(scope).mcpReq.inputResponses, "client_roots");
    if (view.kind === "roots") return text(view.roots.map((root) => root.uri).join(", "));
    return inputRequired({ inputRequests: { client_roots: inputRequired.listRoots() } });
  }),
  confirmsUnderState("test_input_required_result_request_state"),
  confirmsUnderState("test_input_required_result_tampered_state"),
  fixtureTool("test_input_required_result_multiple_inputs", "Asks three things.", async (_, scope) => {
    const { inputResponses } = contextOf(scope).mcpReq;
    const name = answered(scope, "user_name", NAME);
    const greeting = inputResponse(inputResponses, "greeting");
    const roots = inputResponse(inputResponses, "client_roots");
    if (name === undefined || greeting.kind !== "sampling" || roots.kind !== "roots" || stepOf(scope) !== 1) {
      return withState(scope, 1, {
        user_name: askName(),
        greeting: sample("Generate a greeting", 50),
        client_roots: inputRequired.listRoots(),
      });
    }
    return text(`${JSON.stringify(greeting.result.content)} ${name.name} of ${roots.roots.length} root(s)`);
  }),
  fixtureTool("test_input_required_result_multi_round", "Asks twice.", async (_, scope) => {
    const step = stepOf(scope);
    const colour = answered(scope, "step2", COLOUR);
    if (step === 2 && colour !== undefined) return text(`the colour is ${colour.color}`);
    if (step >= 1 && answered(scope, "step1", NAME) !== undefined) {
      return withState(scope, 2, {
        step2: inputRequired.elicit({
          message: "Step 2: What is your favorite color?",
          requestedSchema: {
            type: "object",
            properties: { color: { type: "string" } },
            required: ["color"],
          },
        }),
      });
    }
    return withState(scope, 1, { step1: askName("Step 1: What is your name?") });
  }),
  fixtureTool(
    "test_input_required_result_capabilities",
    "Asks only what the client can.",
    async (_, scope) => {
      const { envelope, inputResponses } = contextOf(scope).mcpReq;
      const capabilities = (envelope as Record<string, unknown> | undefined)?.[CLIENT_CAPABILITIES_META_KEY];
      const declared = (capabilities ?? {}) as ClientCapabilities;
      if (inputResponses !== undefined) return text("answered");
      const inputRequests = {
        ...(declared.elicitation === undefined ? {} : { user_name: askName() }),
        ...(declared.sampling === undefined ? {} : { greeting: sample("Generate a greeting", 50) }),
      };
      if (Object.keys(inputRequests).length === 0) return text("this client cannot be asked anything");
      return inputRequired({ inputRequests });
    },
  ),
  fixtureTool("test_missing_capability", "Needs sampling, whoever calls.", async (_, scope) => {
    const view = inputResponse(contextOf(scope).mcpReq.inputResponses, "question");
    if (view.kind === "sampling") return text("answered");
    return inputRequired({ inputRequests: { question: sample("Say a word", 10) } });
  }),
  fixtureTool("test_streaming_elicitation", "Reports progress, then asks.", async (_, scope) => {
    scope.progress(1, 2);
    const answer = answered(scope, "user_name", NAME);
    return answer === undefined
      ? inputRequired({ inputRequests: { user_name: askName() } })
      : text(`Hello, ${answer.name}!`);
  }),
];
