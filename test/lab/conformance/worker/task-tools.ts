/** Tools of the tasks extension (SEP-2663): quick, long, failing in both ways, and asking midway. */
import { inputRequired, ProtocolError } from "@modelcontextprotocol/server";
import { z } from "zod";
import type { StopSignal } from "../../../../tools/clickup/stop.ts";
import { failure, fixtureTool, pause, text, word, type FixtureTool } from "./fixture.ts";
import { answered, askName, confirm } from "./input-tools.ts";

const JOB_MS = 500;
const NAME = z.object({ name: z.string() });
const CONFIRMED = z.object({ confirm: z.boolean() });
const INTERNAL_ERROR = -32603;

function asTask(mode: "may" | "must", tool: FixtureTool): FixtureTool {
  return { ...tool, task: () => mode };
}

/** Sleeps, unless the task is cancelled first. */
async function work(duration_ms: number, signal: StopSignal): Promise<void> {
  const cancelled = new Promise<void>((resolve) =>
    signal.addEventListener("abort", () => resolve(), { once: true }),
  );
  await Promise.race([pause(duration_ms), cancelled]);
  signal.throwIfAborted();
}

const withTask = fixtureTool(
  "test_tool_with_task",
  "Asks first, then goes on as a task.",
  async (_, scope) => {
    const answer = answered(scope, "user_name", NAME);
    if (answer === undefined) return inputRequired({ inputRequests: { user_name: askName() } });
    await pause(JOB_MS);
    return text(`done for ${answer.name}`);
  },
);

export const TASK_TOOLS: FixtureTool[] = [
  fixtureTool("greet", "Greets at once.", async (args) => text(`Hello, ${word(args, "name")}!`), {
    properties: { name: { type: "string" } },
    required: ["name"],
  }),
  asTask(
    "may",
    fixtureTool(
      "slow_compute",
      "Takes as long as it is told.",
      async (args, scope) => {
        await work(Number(args["seconds"] ?? 1) * 1000, scope.signal);
        return text(`computed ${word(args, "label")}`);
      },
      { properties: { seconds: { type: "number" }, label: { type: "string" } } },
    ),
  ),
  asTask(
    "must",
    fixtureTool("failing_job", "Ends in an error of the tool.", async (_, scope) => {
      await work(JOB_MS, scope.signal);
      return failure("The job failed, as it always does.");
    }),
  ),
  asTask(
    "may",
    fixtureTool("protocol_error_job", "Ends in an error of the protocol.", async (_, scope) => {
      await work(JOB_MS, scope.signal);
      throw new ProtocolError(INTERNAL_ERROR, "The job broke, as it always does.");
    }),
  ),
  asTask(
    "may",
    fixtureTool(
      "confirm_delete",
      "Asks before it goes on.",
      async (args, scope) => {
        const file = word(args, "filename");
        const answer = answered(scope, "confirm", CONFIRMED);
        if (answer === undefined) {
          return inputRequired({ inputRequests: { confirm: confirm(`Delete ${file}?`, "confirm") } });
        }
        return text(answer.confirm ? `deleted ${file}` : `kept ${file}`);
      },
      { properties: { filename: { type: "string" } }, required: ["filename"] },
    ),
  ),
  asTask(
    "may",
    fixtureTool("multi_input", "Asks two things at once.", async (_, scope) => {
      const name = answered(scope, "name", NAME);
      const confirmed = answered(scope, "confirm", CONFIRMED);
      if (name === undefined || confirmed === undefined) {
        return inputRequired({
          inputRequests: { name: askName(), confirm: confirm("Go on?", "confirm") },
        });
      }
      return text(`${name.name}: ${String(confirmed.confirm)}`);
    }),
  ),
  {
    ...withTask,
    // The question is answered before there is a task.
    task: (_, scope) => (answered(scope, "user_name", NAME) === undefined ? "never" : "must"),
  },
];
