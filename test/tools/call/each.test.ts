import { describe, expect, it } from "vitest";
import { ClickUpError } from "../../../tools/clickup/errors.ts";
import { runEach } from "../../../tools/call/each.ts";
import { UserInputError } from "../../../tools/words/errors.ts";
import { useWorld } from "../context.ts";

describe("runEach", () => {
  const world = useWorld();

  it("keeps the order, counts progress and reports each item", async () => {
    const w = world();
    const results = await runEach(w.ctx, [1, 2, 3], async (n) => {
      await Promise.resolve();
      if (n === 2) {
        throw new UserInputError("two is wrong");
      }
      return n * 10;
    });
    expect(results).toMatchObject([
      { status: "done", value: 10 },
      { status: "failed", reason: "two is wrong" },
      { status: "done", value: 30 },
    ]);
    expect(w.progress).toEqual(["1/3", "2/3", "3/3"]);
  });

  it("leaves the rest untried after a refused token, a spent budget, or the first failure when asked", async () => {
    const w = world();
    for (const error of [
      new ClickUpError("auth", "connect again"),
      new ClickUpError("rate_limited", "wait"),
      new ClickUpError("timeout", "too late"),
    ]) {
      const results = await runEach(w.ctx, [1, 2, 3], () => Promise.reject(error), { concurrency: 1 });
      expect(results.map((result) => result.status)).toEqual(["failed", "not_tried", "not_tried"]);
      expect(results[2]).toMatchObject({ reason: error.message });
    }
    const strict = await runEach(w.ctx, [1, 2], () => Promise.reject(new UserInputError("no")), {
      concurrency: 1,
      continueOnError: false,
    });
    expect(strict.map((result) => result.status)).toEqual(["failed", "not_tried"]);
  });

  it("stops on cancellation and loses nothing that was done", async () => {
    const w = world();
    const leaving = new AbortController();
    const ctx = w.context({ signal: leaving.signal });
    const results = await runEach(
      ctx,
      [1, 2, 3, 4],
      async (n) => {
        await Promise.resolve();
        if (n === 2) {
          leaving.abort();
        }
        return n;
      },
      { concurrency: 1 },
    );
    expect(results.map((result) => result.status)).toEqual(["done", "done", "not_tried", "not_tried"]);
  });

  it("shows our own failures as an incident only", async () => {
    const w = world();
    const [result] = await runEach(w.ctx, [1], () => Promise.reject(new Error("secret")));
    expect(result).toMatchObject({
      status: "failed",
      reason: expect.stringMatching(/incident [0-9a-f-]{36}$/),
    });
    expect(JSON.stringify(result)).not.toContain("secret");
    expect(w.reported).toHaveLength(1);
  });
});
