/** Tools that answer by themselves: every content type, an error, schemas that must arrive unchanged. */
import { failure, fixtureTool, text, word, type FixtureTool } from "./fixture.ts";
import { PNG, WAV } from "./media.ts";

/** Keywords of JSON Schema 2020-12 that lists must not lose (SEP-1613, SEP-2106). */
const CONTACT_SCHEMA = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  type: "object" as const,
  $defs: {
    address: {
      $anchor: "postal",
      type: "object",
      properties: { street: { type: "string" }, city: { type: "string" } },
    },
  },
  properties: {
    address: { $ref: "#/$defs/address" },
    via: { type: "string", enum: ["phone", "email"] },
    phone: { type: "string" },
    email: { type: "string" },
  },
  allOf: [{ anyOf: [{ required: ["phone"] }, { required: ["email"] }] }],
  if: { properties: { via: { const: "email" } }, required: ["via"] },
  // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
  then: { required: ["email"] },
  else: { required: ["phone"] },
  additionalProperties: false,
};

export const CONTENT_TOOLS: FixtureTool[] = [
  fixtureTool("test_simple_text", "Answers with text.", async () =>
    text("This is a simple text response for testing."),
  ),
  fixtureTool("test_image_content", "Answers with an image.", async () => ({
    content: [{ type: "image", data: PNG, mimeType: "image/png" }],
  })),
  fixtureTool("test_audio_content", "Answers with a sound.", async () => ({
    content: [{ type: "audio", data: WAV, mimeType: "audio/wav" }],
  })),
  fixtureTool("test_embedded_resource", "Answers with a resource.", async () => ({
    content: [
      {
        type: "resource",
        resource: {
          uri: "test://embedded-resource",
          mimeType: "text/plain",
          text: "This is an embedded resource content.",
        },
      },
    ],
  })),
  fixtureTool("test_multiple_content_types", "Answers with text, an image and a resource.", async () => ({
    content: [
      { type: "text", text: "Multiple content types test:" },
      { type: "image", data: PNG, mimeType: "image/png" },
      {
        type: "resource",
        resource: {
          uri: "test://mixed-content-resource",
          mimeType: "application/json",
          text: JSON.stringify({ test: "data", value: 123 }),
        },
      },
    ],
  })),
  fixtureTool("test_error_handling", "Always fails.", async () =>
    failure("This tool intentionally returns an error for testing"),
  ),
  {
    definition: {
      name: "json_schema_2020_12_tool",
      description: "Its input schema uses what JSON Schema 2020-12 has.",
      inputSchema: CONTACT_SCHEMA,
    },
    call: async (args) => text(JSON.stringify(args)),
  },
  fixtureTool(
    "test_custom_headers",
    "Its argument is repeated in a header (SEP-2243).",
    async (args) => text(`region: ${word(args, "region")}`),
    { properties: { region: { type: "string", "x-mcp-header": "Region" } }, required: ["region"] },
  ),
];
