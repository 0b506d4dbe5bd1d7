/** What the Worker says about a request: one line, with the object's figures and without content. */
import { env, exports } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { FIGURES_HEADER, type RequestFigures } from "../../../objects/rpc/user.ts";
import type { Bindings } from "../../../worker/env.ts";
import { writeDataPoint } from "../../../worker/observe/data-point.ts";
import { newUser, rpc } from "../../support/users.ts";

afterEach(() => vi.restoreAllMocks());

/** Runs `work` and gives back the request lines it logged. */
async function linesOf(work: () => Promise<unknown>): Promise<Record<string, unknown>[]> {
  const texts: string[] = [];
  for (const level of ["info", "error"] as const) {
    vi.spyOn(console, level).mockImplementation((text: string) => void texts.push(text));
  }
  await work();
  return texts
    .filter((text) => text.includes('"event":"request"'))
    .map((text) => JSON.parse(text) as Record<string, unknown>);
}

describe("request log", () => {
  it("says who called what, how it ended and what it cost", async () => {
    const user = await newUser();
    let response: Response | undefined;
    const secret = "Northwind Labs";
    const [line, ...more] = await linesOf(async () => {
      response = await user.post(
        rpc("tools/call", { name: "clickup_workspace_hierarchy", arguments: { workspace: secret } }),
      );
      await response.text();
    });
    expect(more).toEqual([]);
    expect(line).toMatchObject({
      level: "info",
      event: "request",
      requestId: response?.headers.get("x-request-id"),
      route: "/mcp",
      httpMethod: "POST",
      status: 200,
      user: user.userId,
      device: user.deviceId,
      protocol: "2025-03-26",
      method: "tools/call",
      tool: "clickup_workspace_hierarchy",
      outcome: "ok",
      messages: 1,
      remaining: 99,
    });
    expect(line?.["upstream_calls"]).toBeGreaterThan(0);
    expect(line?.["bytes_in"]).toBeGreaterThan(0);
    expect(line?.["bytes_out"]).toBeGreaterThan(0);
    expect(line?.["ms"]).toBeGreaterThanOrEqual(0);
    expect(line?.["outboxDepth"]).toBeGreaterThan(0);
    const text = JSON.stringify(line);
    expect(text).not.toContain(secret);
    expect(text).not.toContain(user.bearer);
    expect(response?.headers.has(FIGURES_HEADER)).toBe(false);
  });

  it("names the outcome of a batch that went wrong in part, and of a refused request", async () => {
    const user = await newUser();
    const [batch] = await linesOf(() =>
      user.post([rpc("tools/list"), rpc("tools/call", { name: "clickup_task_get", arguments: {} }, 2)]),
    );
    expect(batch).toMatchObject({ method: "batch", messages: 2, outcome: "user_error" });
    const [stopped] = await linesOf(async () => {
      await user.object.revokeDevice(user.deviceId);
      await user.post(rpc("tools/list"));
    });
    expect(stopped).toMatchObject({ status: 401, route: "/mcp" });
  });

  it("never logs a query string, and a forged figures header does not get through", async () => {
    const [line] = await linesOf(() =>
      exports.default.fetch("https://mcp.test/auth/callback?code=very-secret&state=s", {
        headers: { [FIGURES_HEADER]: '{"user":"u_forged"}' },
      }),
    );
    expect(line?.["route"]).toBe("/auth/callback");
    expect(JSON.stringify(line)).not.toMatch(/very-secret|forged/);
    const [link] = await linesOf(() => exports.default.fetch("https://mcp.test/account/plan/l_reference"));
    expect(link?.["route"]).toBe("/account/plan/:ref");
  });
});

describe("data point", () => {
  const figures: RequestFigures = {
    user: "u_x",
    device: "d_x",
    protocol: "2025-06-18",
    method: "tools/call",
    tool: "clickup_task_get",
    outcome: "ok",
    messages: 1,
    upstream_calls: 2,
    bytes_in: 10,
    bytes_out: 20,
    remaining: 98,
    outboxDepth: 3,
  };
  const request = { route: "/mcp", httpMethod: "POST", status: 200, ms: 12 };

  it("has the columns that the queries read, in their order", () => {
    const writeDataPointMock = vi.fn();
    writeDataPoint(
      { METRICS: { writeDataPoint: writeDataPointMock } } as unknown as Bindings,
      request,
      JSON.stringify(figures),
    );
    expect(writeDataPointMock).toHaveBeenCalledExactlyOnceWith({
      indexes: ["u_x"],
      blobs: ["/mcp", "POST", "tools/call", "clickup_task_get", "ok", "2025-06-18"],
      doubles: [200, 12, 2, 10, 20, 98, 3],
    });
  });

  it("is not written without the binding", () => {
    expect(() => writeDataPoint({ ...env }, request, null)).not.toThrow();
  });
});
