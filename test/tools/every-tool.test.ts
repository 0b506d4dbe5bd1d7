/**
 * What holds for each of the tools, whatever it does: it works; wrong arguments are named and nothing is sent; what
 * ClickUp refuses is said in our words; a write whose answer is lost is reported as unknown, never repeated.
 */
import { describe, expect, it } from "vitest";
import { describeTool, TOOLS } from "../../tools/catalog.ts";
import type { Tool } from "../../tools/define.ts";
import { useWorld } from "./context.ts";
import { premium } from "./premium.ts";
import { BEFORE, SAMPLES } from "./samples.ts";

const world = useWorld({ strict: true });
const named = TOOLS.map((tool) => [tool.name, tool] as const);
const remote = named.filter(([, tool]) => tool.operations.length > 0);
const writing = named.filter(([, tool]) => tool.kind !== "read");

/** Arguments that take an object or anything at all: what is in them is looked at instead. */
const ANY = new Set(["custom_fields", "value", "defaults", "status_map"]);

const sampleOf = (tool: Tool): Record<string, unknown> => SAMPLES[tool.name] ?? {};

async function prepared(tool: Tool) {
  const w = premium(world());
  w.sandbox.clearFaults();
  for (const [before, args] of BEFORE[tool.name] ?? []) {
    await w.ok(before, args);
  }
  w.sandbox.clearCalls();
  return w;
}

describe("every tool", () => {
  it.each(named)("%s works, and says which objects it touched", async (_, tool) => {
    const w = await prepared(tool);
    const outcome = await w.call(tool, sampleOf(tool));
    expect(outcome.result.content[0]?.text).not.toMatch(/Incident/);
    expect(outcome.outcome).toBe("ok");
    expect(outcome.result.structuredContent).toBeDefined();
    if (writing.some(([name]) => name === tool.name)) {
      expect(w.touched.length).toBeGreaterThan(0);
    }
  });

  it.each(named)("%s names an argument it does not know, and sends nothing", async (_, tool) => {
    const w = await prepared(tool);
    const text = await w.fails(tool, { ...sampleOf(tool), no_such_argument: 1 }, "user_error");
    expect(text).toContain("no_such_argument");
    expect(w.sandbox.calls).toEqual([]);
  });

  it.each(named)("%s names an argument of the wrong type, and sends nothing", async (_, tool) => {
    const { inputSchema } = describeTool(tool);
    const names = Object.keys(inputSchema["properties"] ?? {}).filter((name) => !ANY.has(name));
    const w = await prepared(tool);
    for (const name of names) {
      const text = await w.fails(
        tool,
        { ...sampleOf(tool), [name]: { not: ["what", "is", "due"] } },
        "user_error",
      );
      expect(text).toContain(name);
    }
  });

  it.each(named.filter(([, tool]) => requiredOf(tool).length > 0))(
    "%s names what is missing, and sends nothing",
    async (_, tool) => {
      const w = await prepared(tool);
      const text = await w.fails(tool, {}, "user_error");
      for (const name of requiredOf(tool)) {
        expect(text).toContain(name);
      }
      expect(w.sandbox.calls).toEqual([]);
    },
  );

  it.each(remote)("%s says so when ClickUp refuses", async (_, tool) => {
    const w = await prepared(tool);
    w.sandbox.fault({ kind: "status", status: 403, times: 1_000 });
    const { outcome, result } = await w.call(tool, sampleOf(tool));
    const reported = JSON.stringify(result);
    expect(reported).not.toMatch(/Incident|pk_/);
    // Bulk tools report each item; the others fail as a whole.
    expect(
      outcome === "upstream_error" || outcome === "user_error" || /fail|refus|not allowed/i.test(reported),
    ).toBe(true);
  });

  it.each(remote)("%s is not misled by HTML or a cut answer", async (_, tool) => {
    for (const kind of ["html", "truncated"] as const) {
      const w = await prepared(tool);
      w.sandbox.fault({ kind, times: 1_000 });
      const { outcome, result } = await w.call(tool, sampleOf(tool));
      expect(JSON.stringify(result)).not.toMatch(/<html|<!doctype|Incident/i);
      expect(outcome).not.toBe("internal_error");
    }
  });

  it.each(writing)("%s does not repeat a write whose answer is lost, and says to check", async (_, tool) => {
    const w = await prepared(tool);
    for (const method of ["POST", "PUT", "DELETE"]) {
      w.sandbox.fault({ kind: "reset", method, times: 1_000, after_effect: true });
    }
    const { outcome, result } = await w.call(tool, sampleOf(tool));
    const writes = w.sandbox.calls.filter((call) => call.method !== "GET");
    const distinct = new Set(
      writes.map((call) => `${call.method} ${call.path} ${JSON.stringify(call.body)}`),
    );
    expect(writes.length).toBe(distinct.size);
    expect(writes.length).toBeGreaterThan(0);
    const text = JSON.stringify(result);
    expect(outcome === "unknown_outcome" || /unknown|check/i.test(text)).toBe(true);
  });
});

function requiredOf(tool: Tool): string[] {
  return (describeTool(tool).inputSchema["required"] ?? []) as string[];
}
