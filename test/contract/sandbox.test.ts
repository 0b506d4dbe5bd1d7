/** Drives every operation of the sandbox and holds its answers against ClickUp's published description. */
import { describe, expect, it } from "vitest";
import { createClickUpSandbox, routes, SANDBOX, TOKEN_OPERATION } from "../sandbox/clickup/index.ts";
import { checkRequest, checkResponse, loadOpenApi, openApiAvailable } from "./openapi.ts";
import { sandboxCalls } from "./sandbox-calls.ts";

describe.skipIf(!openApiAvailable)(
  "the ClickUp sandbox and the published description (needs ../shared/clickup-openapi or CLICKUP_OPENAPI)",
  () => {
    it("has no operation that ClickUp does not describe", () => {
      const { operations } = loadOpenApi();
      const unknown = [...routes.map((route) => route.operation), TOKEN_OPERATION].filter(
        (key) => !operations.has(key),
      );
      expect(unknown).toEqual([]);
    });

    it("answers every operation that ClickUp describes", () => {
      const served = new Set([...routes.map((route) => route.operation), TOKEN_OPERATION]);
      const described = [...loadOpenApi().operations.keys()];
      expect(described.filter((key) => !served.has(key))).toEqual([]);
      expect(described.length).toBeGreaterThanOrEqual(172);
    });

    it("knows no query parameter or body field that the description and its documented exceptions lack", () => {
      const unknown = routes.flatMap((route) => {
        const [method = "", path = ""] = route.operation.split(" ");
        const query = Object.fromEntries(Object.keys(route.query ?? {}).map((name) => [name, "1"]));
        const body =
          typeof route.body === "object"
            ? Object.fromEntries(Object.keys(route.body).map((name) => [name, null]))
            : undefined;
        return checkRequest({ method, path, query, body }).filter((problem) => problem.includes("unknown"));
      });
      expect(unknown).toEqual([]);
    });

    it("answers every operation in the shape that is described", async () => {
      const sandbox = createClickUpSandbox({ rateLimitPerMinute: 10_000, strict: true });
      const problems: string[] = [];
      for (const call of sandboxCalls(sandbox)) {
        const { method, path, body, form } = typeof call === "function" ? call() : call;
        const request = new Request(`https://api.clickup.test/api${path}`, {
          method,
          headers: {
            Authorization: SANDBOX.tokens.alice,
            ...(body === undefined ? {} : { "Content-Type": "application/json" }),
          },
          ...(form === undefined ? {} : { body: form }),
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
        const url = new URL(request.url);
        problems.push(
          ...checkRequest({
            method,
            path: url.pathname,
            query: url.searchParams,
            body: form === undefined ? body : Object.fromEntries(form),
          }),
        );
        const response = await sandbox.fetch(request);
        const text = await response.text();
        const operation = sandbox.calls.at(-1)?.operation ?? `${method} ${path}`;
        if (response.status >= 300) problems.push(`${operation}: ${response.status} ${text}`);
        else
          problems.push(
            ...checkResponse(operation, response.status, text === "" ? undefined : JSON.parse(text)),
          );
      }
      expect(problems).toEqual([]);
      const driven = new Set(sandbox.calls.map((call) => call.operation));
      expect(
        [...routes.map((route) => route.operation), TOKEN_OPERATION].filter((key) => !driven.has(key)),
      ).toEqual([]);
    });
  },
);

describe.skipIf(!openApiAvailable)(
  "checkRequest (needs ../shared/clickup-openapi or CLICKUP_OPENAPI)",
  () => {
    const task = `/api/v2/task/${SANDBOX.tasks.export}`;

    it("accepts a request as described", () => {
      expect(
        checkRequest({ method: "GET", path: task, query: { custom_task_ids: "true", team_id: "1" } }),
      ).toEqual([]);
      expect(
        checkRequest({
          method: "PUT",
          path: task,
          body: { name: "x", assignees: { add: [1], rem: [] }, due_date: null },
        }),
      ).toEqual([]);
    });

    it.each([
      ["an unknown operation", { method: "GET", path: "/api/v2/team/1" }, /no such operation/],
      [
        "an unknown query parameter",
        { method: "GET", path: task, query: { query: "x" } },
        /unknown query parameter query/,
      ],
      [
        "a query value of the wrong type",
        { method: "GET", path: task, query: { team_id: "DEV" } },
        /team_id=DEV is not a number/,
      ],
      [
        "an unknown body field",
        { method: "PUT", path: task, body: { list_id: "1" } },
        /unknown body field \/list_id/,
      ],
      [
        "an unknown nested field",
        { method: "PUT", path: task, body: { assignees: { add: [], rem: [], set: [] } } },
        /\/assignees\/set/,
      ],
      [
        "a body field of the wrong type",
        { method: "PUT", path: task, body: { assignees: [1] } },
        /\/assignees must be object/,
      ],
      [
        "a missing body field",
        { method: "POST", path: "/api/v2/list/1/task", body: {} },
        /required property 'name'/,
      ],
      ["a missing query parameter", { method: "GET", path: "/api/v2/group" }, /team_id is required/],
      ["a body where none belongs", { method: "POST", path: `${task}/tag/x`, body: {} }, /takes no body/],
      [
        "a form without the file",
        { method: "POST", path: `${task}/attachment`, body: { file: "x" } },
        /no field attachment/,
      ],
    ])("finds %s", (_, request, wanted) => {
      expect(checkRequest(request).join("\n")).toMatch(wanted);
    });
  },
);
