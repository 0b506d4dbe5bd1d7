/**
 * ClickUp with far more in it than anybody reads: texts of thousands of words, lists of many. Every tool answers
 * within its bound, says so when it cut something, and still in the shape it promises.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ANSWER_CHARS, fitAnswer } from "../../tools/words/answer-size.ts";
import { TOOLS } from "../../tools/catalog.ts";
import { textOf, useWorld } from "./context.ts";
import { premium } from "./premium.ts";
import { BEFORE, SAMPLES } from "./samples.ts";

const world = useWorld();
const WRITTEN = new Set([
  "name",
  "description",
  "text_content",
  "markdown_description",
  "content",
  "comment_text",
]);
WRITTEN.add("text").add("title").add("username").add("details");
const MORE = 25;

/** The same answer, with long texts where people write and every list of objects longer. */
function grown(value: unknown, chars: number, key = ""): unknown {
  if (typeof value === "string") {
    return WRITTEN.has(key) && value !== "" ? `${value} ${"words ".repeat(chars / 6)}` : value;
  }
  if (Array.isArray(value)) {
    const all = value.map((one) => grown(one, chars, key));
    const last: unknown = all.at(-1);
    if (typeof last !== "object" || last === null || !("id" in last)) return all;
    const more = Array.from({ length: MORE }, (_, n) => ({ ...last, id: `${String(last.id)}${n}` }));
    return [...all, ...more];
  }
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([k, one]) => [k, grown(one, chars, k)]));
  }
  return value;
}

function growAnswers(chars: number): void {
  const real = globalThis.fetch;
  globalThis.fetch = async (input: Parameters<typeof fetch>[0], init?: RequestInit) => {
    const response = await real(input, init);
    const body = grown(await response.json().catch(() => ({})), chars);
    return Response.json(body, { status: response.status });
  };
}

describe("far too much in ClickUp", () => {
  it.each(TOOLS.map((tool) => [tool.name, tool] as const))("%s answers within its bound", async (_, tool) => {
    const w = premium(world());
    for (const [before, args] of BEFORE[tool.name] ?? []) await w.ok(before, args);
    growAnswers(12_000);
    const { result, outcome } = await w.call(tool, SAMPLES[tool.name] ?? {});
    expect(outcome).not.toBe("internal_error");
    const text = textOf(result.content);
    const data = JSON.stringify(result.structuredContent ?? {});
    expect(text.length).toBeLessThanOrEqual(2 * ANSWER_CHARS + 5_000);
    expect(data.length).toBeLessThanOrEqual(1.5 * ANSWER_CHARS);
    if (outcome !== "ok") expect(text.length).toBeLessThanOrEqual(8_000);
    if (outcome === "ok") expect(tool.output.safeParse(result.structuredContent).success).toBe(true);
  });
});

describe("an answer that is made to fit", () => {
  it("fits, keeps its shape, and is left alone when it fits already (property)", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), fc.integer({ min: 300, max: 5_000 }), (value, most) => {
        const many = Array.from({ length: 40 }, () => value);
        const { data, shortened } = fitAnswer({ many, value }, most);
        if (!shortened) {
          expect(data).toEqual({ many, value });
          return;
        }
        const kept = data as { many: unknown[]; value: unknown };
        expect(kept.many.length).toBeGreaterThan(0);
        expect(typeof kept.value).toBe(typeof value);
        expect(JSON.stringify(data).length).toBeLessThanOrEqual(JSON.stringify({ many, value }).length);
      }),
    );
  });

  it("cuts no character in two, and marks what it cut", () => {
    const { data } = fitAnswer({ text: "👩‍💻".repeat(200), short: "kept" }, 100);
    const { text, short } = data as { text: string; short: string };
    expect(short).toBe("kept");
    expect(text.endsWith("…")).toBe(true);
    expect(text.isWellFormed()).toBe(true);
  });
});
