import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Ajv2020 } from "ajv/dist/2020.js";
import { encode } from "gpt-tokenizer/encoding/o200k_base";
import { describe, expect, it } from "vitest";
import { describeTool, listTools, preparedToolList, toolByName, TOOLS } from "../../tools/catalog.ts";
import { type Grant, TOOL_SETS } from "../../tools/define.ts";
import { TOOL_ORDER } from "../../tools/order.ts";
import { SAMPLES } from "./samples.ts";
import { loadOpenApi, openApiAvailable } from "../contract/openapi.ts";

const FREE = [
  "clickup_workspace_hierarchy",
  "clickup_task_create",
  "clickup_task_get",
  "clickup_task_update",
  "clickup_list_get",
  "clickup_folder_get",
  "clickup_space_get",
];
const all: Grant = { access: "write", toolSets: null, workspaces: null };
const TOOLS_ROOT = join(dirname(fileURLToPath(import.meta.url)), "../../tools");
/** `tools.ts` and `tools-….ts` of every noun's room. */
const toolFiles = readdirSync(TOOLS_ROOT, { recursive: true, encoding: "utf8" }).filter((file) =>
  /\/tools(-[a-z-]+)?\.ts$/.test(file),
);
const ajv = new Ajv2020({ strict: true, allErrors: true });

function keysOf(value: unknown): string[] {
  if (typeof value !== "object" || value === null) {
    return [];
  }
  return Object.entries(value).flatMap(([key, one]) => [
    ...(Array.isArray(value) ? [] : [key]),
    ...keysOf(one),
  ]);
}

function tokens(names: readonly string[]): number {
  return names
    .map((name) => {
      const tool = toolByName(name);
      const { description, inputSchema } =
        tool === undefined ? { description: "", inputSchema: {} } : describeTool(tool);
      return encode(JSON.stringify({ name, description, inputSchema })).length;
    })
    .reduce((sum, one) => sum + one, 0);
}

describe("the catalog", () => {
  it("has the 72 tools, in order", () => {
    expect(TOOLS).toHaveLength(72);
    expect(TOOLS.map((tool) => tool.name)).toEqual(TOOL_ORDER);
    expect(Object.keys(SAMPLES).sort()).toEqual([...TOOL_ORDER].sort());
  });

  it("has exactly the seven free tools, in order, and unique names", () => {
    expect(TOOLS.filter((tool) => tool.tier === "free").map((tool) => tool.name)).toEqual(FREE);
    expect(new Set(TOOLS.map((tool) => tool.name)).size).toBe(TOOLS.length);
    expect(toolByName("clickup_nothing")).toBeUndefined();
  });

  it.each(TOOLS.map((tool) => [tool.name, tool] as const))("%s is well described", (name, tool) => {
    expect(name).toMatch(/^clickup_[a-z_]{3,50}$/);
    expect(toolByName(name)).toBe(tool);
    const described = describeTool(tool);
    expect(describeTool(tool)).toBe(described);
    expect(described.title.length).toBeGreaterThan(2);
    expect(described.description.length).toBeGreaterThan(10);
    expect(described.description.length).toBeLessThan(1_024);
    expect(TOOL_SETS).toContain(tool.set);
    // The templates are part of the product; every other tool reaches ClickUp.
    expect(tool.operations.length > 0).toBe(name !== "clickup_project_get_templates");
    const { annotations } = described;
    expect(Object.keys(annotations).sort()).toEqual(
      ["title", "readOnlyHint", "destructiveHint", "idempotentHint", "openWorldHint"].sort(),
    );
    expect(annotations.readOnlyHint && annotations.destructiveHint).toBe(false);
    expect(annotations.readOnlyHint).toBe(tool.kind === "read");
    expect(annotations.idempotentHint || !annotations.readOnlyHint).toBe(true);
  });

  it("calls not destructive only what reads or can only add: no operation of it changes or removes", () => {
    const harmless = TOOLS.filter((tool) => !describeTool(tool).annotations.destructiveHint);
    const changing = harmless.flatMap((tool) =>
      tool.operations
        .filter((operation) => /^(PUT|PATCH|DELETE) /.test(operation))
        .map((one) => [tool.name, one]),
    );
    expect(changing).toEqual([]);
    for (const name of [
      "clickup_task_update",
      "clickup_document_page_update",
      "clickup_custom_field_set_value",
      "clickup_time_tracking_start",
    ]) {
      const tool = toolByName(name);
      expect([name, tool && describeTool(tool).annotations.destructiveHint]).toEqual([name, true]);
    }
  });

  it.each(TOOLS.map((tool) => [tool.name, tool] as const))(
    "%s has flat schemas a client can compile",
    (_, tool) => {
      const { inputSchema, outputSchema } = describeTool(tool);
      const keys = keysOf(inputSchema);
      for (const banned of [
        "anyOf",
        "oneOf",
        "allOf",
        "$ref",
        "$defs",
        "$schema",
        "additionalProperties",
        "propertyNames",
      ]) {
        expect(keys).not.toContain(banned);
      }
      for (const property of Object.values(
        (inputSchema["properties"] ?? {}) as Record<string, { type?: unknown }>,
      )) {
        expect(property.type).toBeTypeOf("string");
      }
      expect(inputSchema.type).toBe("object");
      expect(outputSchema.type).toBe("object");
      expect(keysOf(outputSchema)).not.toContain("$ref");
      ajv.compile(inputSchema);
      ajv.compile(outputSchema);
    },
  );

  it("keeps new names short: some hosts stop at 64 characters, with a server's name before them", () => {
    const long = TOOLS.map((tool) => tool.name).filter((name) => name.length > 40);
    // API since the first release; no other is to come.
    expect(long).toEqual(["clickup_task_bulk_create_with_dependencies"]);
  });

  it("marks the few tools that stay in view", () => {
    const core = TOOLS.filter((tool) => describeTool(tool)._meta?.["anthropic/alwaysLoad"] === true);
    expect(core.map((tool) => tool.name)).toEqual([
      "clickup_workspace_hierarchy",
      "clickup_task_create",
      "clickup_task_get",
      "clickup_task_update",
      "clickup_comment_create",
      "clickup_task_search",
    ]);
    expect(TOOLS.filter((tool) => tool.core !== true).some((tool) => "_meta" in describeTool(tool))).toBe(
      false,
    );
  });

  it("costs a model few tokens", () => {
    expect(tokens(FREE)).toBeLessThanOrEqual(900);
    expect(tokens(TOOLS.map((tool) => tool.name))).toBeLessThanOrEqual(7_200);
    expect(new TextEncoder().encode(preparedToolList("premium", all).json).length).toBeLessThanOrEqual(
      100 * 1024,
    );
  });

  it("prepares each list once and leaves out what tier and grant forbid", () => {
    const free = preparedToolList("free", all);
    expect(free.tools.map((tool) => tool.name)).toEqual(FREE);
    expect(JSON.parse(free.json)).toEqual(free.tools);
    expect(preparedToolList("free", { ...all, workspaces: ["1"] })).toBe(free);
    const reading = preparedToolList("free", { ...all, access: "read" });
    expect(reading.tools.every((tool) => tool.annotations.readOnlyHint)).toBe(true);
    expect(reading.tools.length).toBe(5);
    expect(listTools("free", { ...all, toolSets: ["tasks"] }).map((tool) => tool.set)).toEqual([
      "tasks",
      "tasks",
      "tasks",
    ]);
    expect(preparedToolList("free", { ...all, toolSets: [] }).json).toBe("[]");
    expect(preparedToolList("premium", all).tools).toHaveLength(TOOLS.length);
  });

  it.skipIf(!openApiAvailable)(
    "names operations that ClickUp describes (needs ../shared/clickup-openapi or CLICKUP_OPENAPI)",
    () => {
      const api = loadOpenApi();
      for (const tool of TOOLS) {
        for (const operation of tool.operations) {
          expect([operation, api.operations.has(operation)]).toEqual([operation, true]);
        }
      }
    },
  );

  it("lists every tool that a room exports", async () => {
    const exported: unknown[] = [];
    for (const file of toolFiles) {
      const module = (await import(pathToFileURL(join(TOOLS_ROOT, file)).href)) as Record<string, unknown>;
      exported.push(
        ...Object.values(module)
          .flat()
          .filter((value) => typeof value === "object" && value !== null && "handler" in value),
      );
    }
    expect(new Set(exported)).toEqual(new Set(TOOLS));
  });

  it("catches no errors where tools are made: call.ts does", () => {
    for (const file of toolFiles) {
      expect([file, /\bcatch\b/.test(readFileSync(join(TOOLS_ROOT, file), "utf8"))]).toEqual([file, false]);
    }
  });
});
