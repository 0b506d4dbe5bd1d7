/** Prompts of the suite. */
import {
  inputRequired,
  type GetPromptResult,
  type InputRequiredResult,
  type Prompt,
} from "@modelcontextprotocol/server";
import { z } from "zod";
import type { Prompts, Scope } from "../../../../objects/mcp/surface.ts";
import { answered } from "./input-tools.ts";
import { PNG } from "./media.ts";

interface FixturePrompt {
  definition: Prompt;
  get(args: Record<string, string>, scope: Scope): GetPromptResult | InputRequiredResult;
}

const CONTEXT = z.object({ context: z.string() });

type Content = GetPromptResult["messages"][number]["content"];

function says(...contents: Content[]): GetPromptResult {
  return { messages: contents.map((content) => ({ role: "user", content })) };
}

const PROMPTS: FixturePrompt[] = [
  {
    definition: { name: "test_simple_prompt", description: "Takes no arguments." },
    get: () => says({ type: "text", text: "This is a simple prompt for testing." }),
  },
  {
    definition: {
      name: "test_prompt_with_arguments",
      description: "Takes two arguments.",
      arguments: [
        { name: "arg1", description: "The first argument", required: true },
        { name: "arg2", description: "The second argument", required: true },
      ],
    },
    get: ({ arg1, arg2 }) =>
      says({ type: "text", text: `Prompt with arguments: arg1='${arg1}', arg2='${arg2}'` }),
  },
  {
    definition: {
      name: "test_prompt_with_embedded_resource",
      description: "Holds the resource it is given.",
      arguments: [{ name: "resourceUri", description: "The resource to hold", required: true }],
    },
    get: ({ resourceUri = "" }) =>
      says(
        {
          type: "resource",
          resource: {
            uri: resourceUri,
            mimeType: "text/plain",
            text: "Embedded resource content for testing.",
          },
        },
        { type: "text", text: "Please process the embedded resource above." },
      ),
  },
  {
    definition: { name: "test_prompt_with_image", description: "Holds an image." },
    get: () =>
      says(
        { type: "image", data: PNG, mimeType: "image/png" },
        { type: "text", text: "Please analyze the image above." },
      ),
  },
  {
    definition: { name: "test_input_required_result_prompt", description: "Asks before it answers." },
    get: (_, scope) => {
      const answer = answered(scope, "user_context", CONTEXT);
      if (answer !== undefined) return says({ type: "text", text: `In the context of ${answer.context}` });
      return inputRequired({
        inputRequests: {
          user_context: inputRequired.elicit({
            message: "What context should the prompt use?",
            requestedSchema: {
              type: "object",
              properties: { context: { type: "string" } },
              required: ["context"],
            },
          }),
        },
      });
    },
  },
];

export const FIXTURE_PROMPTS: Prompts = {
  list: () => PROMPTS.map((prompt) => prompt.definition),
  get: async (name, args, scope) =>
    PROMPTS.find((prompt) => prompt.definition.name === name)?.get(args, scope),
};
