/** What has to hold of every answer, and of what was logged and stored meanwhile. */
import { register, takeLeaks, look } from "../support/secrets.ts";
import { unseenFaults } from "../corpus/contained.ts";
import type { Case } from "./case.ts";

/** Far beyond any deadline of ours: a call has 25 s. */
export const BOUND_MS = 45_000;

/**
 * The routes that may answer 5xx, and why. Everything else is a fault of ours.
 * (Past the bound of what waits for R2, tools that write answer 503; a run does not come near it.)
 * Sign-in and storing a token: ClickUp does not answer. Billing: Stripe does not, or has to send its event again.
 */
const DECLARED: readonly { route: RegExp; status: number; only: "fault" | "always" }[] = [
  {
    route:
      /^(POST \/auth\/login|GET \/auth\/callback|POST \/authorize\/token|POST \/account\/settings\/token|\w+ \/auth\/api-key)$/,
    status: 503,
    only: "fault",
  },
  {
    route:
      /^POST \/(stripe\/(webhook|create-checkout|create-portal-session)|account\/plan\/(checkout|portal))$/,
    status: 503,
    only: "always",
  },
];

const STACK =
  /\n\s+at \S+ \(|\bat (?:async )?[\w.#<>]+ \([^)]*:\d+:\d+\)|node_modules|SQLITE_|D1_ERROR|\.tsx?:\d+/;

/** JSON-RPC's code for a fault of the server's: nothing that is sent may lead to it. */
const INTERNAL_ERROR = -32603;

export interface Answer {
  status: number;
  type: string;
  text: string;
}

/** Reads an answer; of a stream what comes at once. */
export async function readAnswer(response: Response): Promise<Answer> {
  const type = (response.headers.get("Content-Type") ?? "").split(";")[0] ?? "";
  if (response.body === null) return { status: response.status, type, text: "" };
  if (type !== "text/event-stream") return { status: response.status, type, text: await response.text() };
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  for (let reads = 0; reads < 50; reads++) {
    const chunk = await Promise.race([reader.read(), pause(60)]);
    if (chunk === undefined || chunk.done) break;
    text += decoder.decode(chunk.value, { stream: true });
  }
  void reader.cancel().catch(() => undefined);
  return { status: response.status, type, text };
}

const pause = (ms: number): Promise<undefined> =>
  new Promise((resolve) => setTimeout(() => resolve(undefined), ms));

/** @returns what is wrong; empty when all is well */
export function answerFaults(one: Case, sent: { body: string }, answer: Answer): string[] {
  const route = `${one.method} ${one.path.split(/[?#]/)[0] ?? ""}`;
  const faults: string[] = [];
  if (answer.status >= 500) {
    const declared = DECLARED.some(
      (d) =>
        d.route.test(route) && d.status === answer.status && (d.only === "always" || one.fault !== undefined),
    );
    if (!declared) faults.push(`answer ${answer.status}: ${answer.text.slice(0, 200)}`);
  }
  if (STACK.test(answer.text) && !STACK.test(sent.body))
    faults.push(`a stack: ${STACK.exec(answer.text)?.[0] ?? ""}`);
  if (/\bjson$/.test(answer.type) && answer.text !== "") faults.push(...jsonFaults(route, sent.body, answer));
  if (answer.type === "text/event-stream") faults.push(...streamFaults(answer.text));
  return faults;
}

function jsonFaults(route: string, sentBody: string, { status, text }: Answer): string[] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return [`not JSON: ${text.slice(0, 200)}`];
  }
  if (!/^POST \/mcp$/.test(route)) return [];
  const asked = parsed(sentBody);
  const answers = (Array.isArray(json) ? json : [json]) as Record<string, unknown>[];
  const faults: string[] = [];
  for (const answer of answers) {
    if (answer["jsonrpc"] === undefined && status >= 400) continue;
    if (answer["jsonrpc"] !== "2.0") faults.push(`not JSON-RPC: ${text.slice(0, 200)}`);
    const id = JSON.stringify(answer["id"] ?? null);
    if (!idsOf(asked).has(id)) faults.push(`id ${id.slice(0, 100)} was not asked`);
    const both = "result" in answer && "error" in answer;
    if (both || (!("result" in answer) && !("error" in answer)))
      faults.push(`result or error: ${text.slice(0, 200)}`);
    const { code } = (answer["error"] ?? {}) as { code?: unknown };
    if (code === INTERNAL_ERROR) faults.push(`we say that we are broken: ${text.slice(0, 400)}`);
    if ("result" in answer && id === "null") faults.push("a result without an id");
    faults.push(...resultFaults(answer["result"]));
  }
  return faults;
}

/** What came from ClickUp holds no unseen characters; what the caller sent is said back as it is. */
function resultFaults(result: unknown): string[] {
  const { structuredContent } = (result ?? {}) as { structuredContent?: unknown };
  return structuredContent === undefined ? [] : unseenFaults(structuredContent).slice(0, 1);
}

function idsOf(asked: unknown): Set<string> {
  const messages = Array.isArray(asked) ? asked : [asked];
  const ids = messages.map((one) => (one as { id?: unknown } | null)?.id).filter((id) => id !== undefined);
  return new Set(["null", ...ids.map((id) => JSON.stringify(id))]);
}

function streamFaults(text: string): string[] {
  return text.split("\n\n").flatMap((event) => {
    const data = event
      .split("\n")
      .filter((line) => line.startsWith("data:"))
      .map((line) => line.slice(5))
      .join("\n")
      .trim();
    if (data === "" || !data.startsWith("{") || !event.includes("data")) return [];
    return parsed(data) === undefined && event.endsWith("}")
      ? [`an event that is not JSON: ${data.slice(0, 200)}`]
      : [];
  });
}

function parsed(text: string): unknown {
  try {
    // Decoding takes a byte order mark away.
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch {
    return undefined;
  }
}

/** What was logged since the last call: our own faults and secrets are faults of the case. */
export function logFaults(): string[] {
  const lines = register.logs.splice(0);
  for (const line of lines) look(line, { at: "log" });
  const incidents = lines.filter((line) => line.includes('"incident"'));
  return [...incidents.map((line) => `an incident: ${line.slice(0, 700)}`), ...takeLeaks()];
}
