import { describe, expect, it } from "vitest";
import { z } from "zod";
import { callTool } from "../../../tools/call/call.ts";
import { confirmFirst } from "../../../tools/call/confirm.ts";
import { defineTool } from "../../../tools/define.ts";
import { SANDBOX } from "../../sandbox/clickup/index.ts";
import { textOf, useWorld } from "../context.ts";

const premium = defineTool({
  name: "clickup_test_premium",
  tier: "premium",
  set: "docs",
  kind: "destructive",
  title: "Premium thing",
  description: "A tool for this test.",
  input: z.object({ deep: z.array(z.strictObject({ name: z.string() })).optional() }),
  output: z.object({ done: z.boolean(), note: z.string().optional() }),
  operations: [],
  async handler(params, ctx) {
    await confirmFirst(ctx, "Really?");
    if (params.deep?.[0]?.name === "boom") {
      throw new Error("secret detail");
    }
    return params.deep?.[0]?.name === "wrong"
      ? { data: { done: "yes" as unknown as boolean }, summary: "Wrong." }
      : { data: { done: true, note: "a\u200Bb" }, summary: "Done." };
  },
});

describe("callTool", () => {
  const world = useWorld();

  it("refuses what the grant does not allow", async () => {
    const w = world();
    const readOnly = w.context({ tier: "premium", grant: { access: "read" } });
    expect((await callTool(premium, {}, readOnly)).outcome).toBe("refused_grant");
    const update = await w.fails(
      "clickup_task_update",
      { task: SANDBOX.tasks.export, name: "x" },
      "refused_grant",
      readOnly,
    );
    expect(update).toContain("may only read");
    await w.ok("clickup_task_get", { task: SANDBOX.tasks.export }, readOnly);
    const noDocs = w.context({ tier: "premium", grant: { toolSets: ["tasks"] } });
    const { outcome, result } = await callTool(premium, {}, noDocs);
    expect([outcome, textOf(result.content)]).toEqual([
      "refused_grant",
      expect.stringContaining("may not use docs tools"),
    ]);
  });

  it("hides our own failures behind an incident id and reports them", async () => {
    const w = world();
    const ctx = w.context({ tier: "premium" });
    for (const name of ["boom", "wrong"]) {
      const { outcome, result, incident } = await callTool(premium, { deep: [{ name }] }, ctx);
      expect(outcome).toBe("internal_error");
      expect(incident).toMatch(/^[0-9a-f-]{36}$/);
      expect(textOf(result.content)).toContain(incident);
      expect(textOf(result.content)).not.toContain("secret");
      expect(result.structuredContent).toBeUndefined();
      expect(w.reported.at(-1)?.incident).toBe(incident);
    }
    expect(w.reported[0]?.error).toMatchObject({ message: "secret detail" });
  });

  it("does nothing when the person declines", async () => {
    const w = world();
    const ctx = { ...w.context({ tier: "premium" }), confirm: () => Promise.resolve("declined" as const) };
    const { outcome, result } = await callTool(premium, {}, ctx);
    expect([outcome, textOf(result.content)]).toEqual(["cancelled", "Not done: the person declined."]);
  });

  it("names unknown arguments inside lists and strips invisible characters from data", async () => {
    const w = world();
    const ctx = w.context({ tier: "premium" });
    const { result } = await callTool(premium, { deep: [{ name: "x", nme: 1 }] }, ctx);
    expect(textOf(result.content)).toContain('deep[0]: Unknown argument "nme"');
    const fine = await callTool(premium, undefined, ctx);
    expect(fine.outcome).toBe("ok");
    expect(fine.result.structuredContent).toEqual({ done: true, note: "ab" });
    expect(fine.result.isError).toBeUndefined();
  });
});
