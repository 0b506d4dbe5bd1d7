/** null in arguments: absent where it can be, refused where it could mean something. */
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { TOOLS, toolByName } from "../../../tools/catalog.ts";
import { withoutNothing } from "../../../tools/call/nothing.ts";
import type { Tool } from "../../../tools/define.ts";
import { SANDBOX } from "../../sandbox/clickup/index.ts";
import { useWorld } from "../context.ts";
import { premium } from "../premium.ts";
import { SAMPLES } from "../samples.ts";

const tool = (name: string): Tool => {
  const found = toolByName(name);
  if (found === undefined) throw new Error(`no tool ${name}`);
  return found;
};

describe("null in an argument", () => {
  const world = useWorld();

  it("is absent where the argument is optional", async () => {
    const answer = await world().call("clickup_workspace_hierarchy", { workspace: null, depth: null });
    expect(answer.outcome).toBe("ok");
  });

  it("is still wrong where the argument is required, in words about that", async () => {
    const answer = await world().call("clickup_task_get", { task: null });
    expect([answer.outcome, answer.result.content[0]?.text]).toEqual([
      "user_error",
      expect.stringContaining("task"),
    ]);
  });

  it("is refused where it could mean to empty something, and says how", async () => {
    const { onboarding } = SANDBOX.lists;
    for (const [name, args, how] of [
      ["clickup_task_update", { task: "x", due: null }, /^due is null\. To empty it, name it in `clear`/],
      ["clickup_task_update", { task: "x", assignees: null }, /`clear`/],
      [
        "clickup_task_bulk_update",
        { updates: [{ task: "x", points: null }] },
        /^updates\[0\]\.points .*`clear`/,
      ],
      ["clickup_list_update", { list: onboarding, due: null }, /send "none"/],
    ] as const) {
      const answer = await premium(world()).call(name, args);
      expect([name, answer.outcome]).toEqual([name, "user_error"]);
      expect(answer.result.content[0]?.text).toMatch(how);
    }
  });

  it("is absent in the objects of a list, as JSON text too", () => {
    const tasks = [{ name: "a", due: null, tags: ["x"], custom_fields: { Points: null } }];
    const kept = [{ name: "a", tags: ["x"], custom_fields: { Points: null } }];
    for (const given of [tasks, JSON.stringify(tasks)]) {
      const args = { list: "l", tasks: given, continue_on_error: null };
      expect(withoutNothing(tool("clickup_task_bulk_create"), args)).toEqual({ list: "l", tasks: kept });
    }
  });

  it("leaves everything that is not null as it was sent", () => {
    for (const one of TOOLS) {
      const sample = SAMPLES[one.name] ?? {};
      expect(withoutNothing(one, sample)).toEqual(sample);
      const nulls = Object.fromEntries(
        Object.entries(one.input.shape)
          .filter(
            ([name, schema]) =>
              z.safeParse(schema, undefined).success && !one.emptied?.arguments.includes(name),
          )
          .map(([name]) => [name, null]),
      );
      expect(withoutNothing(one, { ...nulls, ...sample })).toEqual(sample);
      // Names that are not arguments stay, to be named.
      expect(withoutNothing(one, { toString: null })).toEqual({ toString: null });
    }
    expect(withoutNothing(tool("clickup_task_get"), "text")).toBe("text");
  });

  it("has words that are true: what can be emptied by `clear` is an argument beside it", () => {
    for (const { name, emptied, input } of TOOLS) {
      if (emptied === undefined) continue;
      const shown = JSON.stringify(z.toJSONSchema(input, { io: "input" }));
      if (emptied.by === "clear") expect([name, shown.includes('"clear"')]).toEqual([name, true]);
    }
  });
});
