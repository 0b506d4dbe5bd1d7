/**
 * The outside world of a workerd test file: ClickUp is the sandbox, everything else is refused. The
 * tests, the entry Worker and the objects share one isolate, so one `fetch` serves them all, and each
 * file has a sandbox of its own.
 */
import { afterEach } from "vitest";
import { learn } from "./secrets.ts";
import { createClickUpSandbox, type ClickUpSandbox } from "../sandbox/clickup/index.ts";

export const clickup: ClickUpSandbox = createClickUpSandbox({ rateLimitPerMinute: 10_000 });

const CLICKUP_HOSTS = new Set(["api.clickup.test", "app.clickup.test"]);
/** Hosts a test answers itself, such as the origin of a client metadata document. */
const others = new Map<string, (request: Request) => Response | Promise<Response>>();

/** Answers requests to `host` with `handler` until the end of the test. */
export function answerHost(host: string, handler: (request: Request) => Response | Promise<Response>): void {
  others.set(host, handler);
}

globalThis.fetch = async (input, init) => {
  const request = new Request(input, init);
  const { hostname } = new URL(request.url);
  if (CLICKUP_HOSTS.has(hostname)) {
    learn("clickup", request.headers.get("Authorization")?.replace(/^Bearer /, ""));
    return clickup.fetch(request);
  }
  const other = others.get(hostname);
  if (other !== undefined) return other(request);
  return new Response(`blocked: ${hostname}`, { status: 599 });
};

afterEach(() => {
  others.clear();
  clickup.clearFaults();
  clickup.clearCalls();
});
