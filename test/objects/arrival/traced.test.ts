/** A span of our own where somebody looks, and none where nobody does. */
import { tracing } from "cloudflare:workers";
import { afterEach, describe, expect, test, vi } from "vitest";
import { newUser, rpc } from "../../support/users.ts";

afterEach(() => vi.restoreAllMocks());

type Callback = (span: unknown) => unknown;

function watchSpans(isTraced: boolean): { name: string; attributes: object }[] {
  const spans: { name: string; attributes: object }[] = [];
  vi.spyOn(tracing, "getActiveSpan").mockReturnValue({ isTraced } as ReturnType<
    typeof tracing.getActiveSpan
  >);
  vi.spyOn(tracing, "enterSpan").mockImplementation(((name: string, run: Callback) =>
    run({ setAttributes: (attributes: object) => spans.push({ name, attributes }) })) as never);
  return spans;
}

describe("an invocation", () => {
  test("that is traced shows the request as a span, with names and numbers only", async () => {
    const user = await newUser();
    const spans = watchSpans(true);
    const call = { name: "clickup_space_get", arguments: { space: "Product" } };
    expect((await user.post(rpc("tools/call", call))).status).toBe(200);
    expect(spans.find(({ name }) => name === "mcp")?.attributes).toEqual({
      "mcp.method.name": "tools/call",
      "gen_ai.tool.name": "clickup_space_get",
      "mcp.protocol.version": expect.any(String),
      "mcp.outcome": "ok",
      "clickup.calls": expect.any(Number),
    });
  });

  test("that is not has no span of the object", async () => {
    const user = await newUser();
    const spans = watchSpans(false);
    expect((await user.post(rpc("tools/list"))).status).toBe(200);
    expect(spans.filter(({ name }) => name === "mcp")).toEqual([]);
  });
});
