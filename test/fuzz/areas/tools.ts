/** Tool calls with arguments made from each tool's own schema, right and nearly right, while ClickUp works or does not. */
import fc from "fast-check";
import { describeTool, TOOLS } from "../../../tools/catalog.ts";
import { SAMPLES } from "../../tools/samples.ts";
import { SANDBOX } from "../../sandbox/clickup/facts.ts";
import type { Case } from "../case.ts";
import { mutated, strangeJson, strangeText, type Json } from "../strange.ts";

type Schema = Record<string, unknown>;

/** Ids and names of the seed, dates, durations, links: what an argument may mean. */
const MEANT = [
  ...Object.values(SANDBOX.tasks),
  ...Object.values(SANDBOX.lists),
  ...Object.values(SANDBOX.spaces),
  ...Object.values(SANDBOX.folders),
  ...Object.values(SANDBOX.workspaces),
  ...Object.values(SANDBOX.fields),
  ...Object.values(SANDBOX.docs),
  ...Object.values(SANDBOX.pages),
  "Product",
  "Sprint 21",
  "Backlog",
  "Onboarding",
  "Product / Sprints / Sprint 21",
  "DEV-42",
  "me",
  "Carol",
  "Release",
  "tomorrow",
  "next friday",
  "2026-03-09",
  "2026-03-09T10:00",
  "in 3 days",
  "1h30m",
  "90",
  "today..+7d",
  "none",
  "https://app.clickup.com/t/86cexprt1",
  "https://app.clickup.com/9012345601/v/li/901205550001",
  "https://evil.example/t/1",
  "high",
  "feature",
  "open",
  "in progress",
  "#ff0000",
  "# Plan\n- One\n  - Two after: One\n- [x] Three",
  "aGVsbG8=",
  "at-0",
  "at-999999999",
];

const text = fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...MEANT) }, strangeText);

/** Values a schema allows, mostly; strange ones where it says nothing. */
function fromSchema(schema: Schema, depth = 0): fc.Arbitrary<Json> {
  const { type, enum: values, properties, items, required, anyOf, const: only } = schema;
  if (Array.isArray(values)) return fc.constantFrom(...(values as Json[]));
  if (only !== undefined) return fc.constant(only as Json);
  if (Array.isArray(anyOf)) return fc.oneof(...(anyOf as Schema[]).map((one) => fromSchema(one, depth + 1)));
  if (depth > 5) return fc.constant(null);
  switch (type) {
    case "string":
      return text;
    case "integer":
      return fc.oneof(fc.integer({ min: -1, max: 200 }), fc.constantFrom(2 ** 31, 2 ** 53));
    case "number":
      return fc.oneof(fc.double({ min: -10, max: 1_000, noNaN: true }), fc.constantFrom(1e308, 0));
    case "boolean":
      return fc.boolean();
    case "array":
      return fc.array(fromSchema((items ?? {}) as Schema, depth + 1), { maxLength: 3 });
    case "object":
      return properties === undefined
        ? fc.dictionary(text, text, { maxKeys: 2 })
        : objectOf(properties as Record<string, Schema>, (required ?? []) as string[], depth);
    default:
      return fc.oneof(text, strangeJson);
  }
}

function objectOf(properties: Record<string, Schema>, required: string[], depth: number): fc.Arbitrary<Json> {
  const fields = Object.entries(properties).map(([name, schema]) =>
    fc
      .tuple(fc.nat(9), fromSchema(schema, depth + 1))
      .map(([roll, value]): [string, Json][] =>
        roll < (required.includes(name) ? 10 : 3) ? [[name, value]] : [],
      ),
  );
  return fields.length === 0
    ? fc.constant({})
    : fc.tuple(...fields).map((all) => Object.fromEntries(all.flat()));
}

const call = fc.constantFrom(...TOOLS).chain((tool) => {
  const sample = (SAMPLES[tool.name] ?? {}) as Record<string, Json>;
  const args = fc.oneof(
    { weight: 3, arbitrary: fromSchema(describeTool(tool).inputSchema as Schema) },
    { weight: 3, arbitrary: mutated(fc.constant(sample)) },
    { weight: 1, arbitrary: fc.constant<Json>(sample) },
  );
  return args.map((given) => ({ name: tool.name, arguments: given }));
});

export const toolCalls: fc.Arbitrary<Case> = fc
  .tuple(
    call,
    fc.option(fc.constantFrom("500", "403", "429", "html", "truncated", "reset"), {
      freq: 4,
      nil: undefined,
    }),
    fc.boolean(),
  )
  .map(([params, fault, inSession]): Case => ({
    method: "POST",
    path: "/mcp",
    headers: [
      ["Authorization", "Bearer {{bearer}}"],
      ["Content-Type", "application/json"],
      ...(inSession
        ? ([
            ["Accept", "application/json, text/event-stream"],
            ["Mcp-Session-Id", "{{session}}"],
            ["MCP-Protocol-Version", "2025-06-18"],
          ] as [string, string][])
        : []),
    ],
    body: JSON.stringify({ jsonrpc: "2.0", id: 7, method: "tools/call", params }),
    ...(fault === undefined ? {} : { fault }),
  }));
