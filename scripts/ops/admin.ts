/** `npm run admin -- …`: the operator's commands, against this machine or a deployment. */
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { callOf, merge, USAGE, type Call } from "./admin-commands.ts";
import { openAdmin, type AdminLink, type Target } from "./admin-link.ts";
import { environmentOf } from "./environments.ts";
import { numbersInWords } from "./stripe/numbers.ts";
import { OperatorError, runScript } from "./operator-error.ts";
import { facts, table } from "./table.ts";

async function answer(link: AdminLink, call: Call): Promise<Record<string, unknown>> {
  if (!call.sweep) return link.json(call.command, call.input);
  let total: Record<string, unknown> = {};
  let cursor: unknown;
  do {
    const page = await link.json(call.command, {
      ...call.input,
      ...(cursor === undefined ? {} : { cursor }),
    });
    total = merge(total, page);
    cursor = page["next"] ?? undefined;
  } while (cursor !== undefined);
  return total;
}

function shown(call: Call, value: Record<string, unknown>): string {
  if (call.command === "users") return table(value["users"] as Record<string, unknown>[]);
  if (call.command === "billing/numbers") return numbersInWords(value);
  if (call.command !== "audit") return facts(value);
  const { events, problems, batches, ...rest } = value as {
    events: Record<string, unknown>[];
    batches: Record<string, unknown>[];
    problems?: string[];
  };
  const columns = [
    "seq",
    "time",
    "method",
    "tool",
    "outcome",
    "duration_ms",
    "upstream_calls",
    "deviceId",
    "stored",
  ];
  const verdict =
    problems === undefined
      ? []
      : problems.length === 0
        ? ["", "The record is whole: no event is missing and no batch was changed."]
        : ["", "PROBLEMS", ...problems.map((problem) => `  - ${problem}`)];
  return [facts(rest), "batches", table(batches), "events", table(events, columns), ...verdict].join("\n");
}

export interface Terminal {
  write(text: string): void;
  /** Beside what scripts read. */
  note(text: string): void;
  /** @param dataDir state of the local server, where it is not the usual one */
  open(target: Target, dataDir?: string): Promise<AdminLink>;
}

/** Runs what stands after `npm run admin --`. @returns the exit code */
export async function operate(args: string[], terminal: Terminal): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      env: { type: "string" },
      data: { type: "string" },
      json: { type: "boolean", default: false },
      date: { type: "string" },
      verify: { type: "boolean" },
      confirm: { type: "string" },
      device: { type: "string" },
      until: { type: "string" },
      since: { type: "string" },
      undelivered: { type: "boolean" },
      subscription: { type: "string" },
      refund: { type: "boolean" },
      "dry-run": { type: "boolean" },
      help: { type: "boolean" },
    },
  });
  if (values.help === true || positionals.length === 0) {
    terminal.write(`${USAGE}\n`);
    return 0;
  }
  const call = callOf(positionals, values);
  const local = values.env === undefined || values.env === "local";
  const link = await terminal.open(
    local ? "local" : environmentOf(values.env),
    values.data === undefined ? undefined : resolve(values.data),
  );
  terminal.note(`${link.server}\n`);
  try {
    if (call.command === "export") {
      const { body } = await link.send(call.command, call.input);
      if (body === null) throw new OperatorError("The export was empty.");
      const decoder = new TextDecoder();
      for await (const chunk of body) terminal.write(decoder.decode(chunk, { stream: true }));
      return 0;
    }
    const value = await answer(link, call);
    terminal.write(`${values.json ? JSON.stringify(value, null, 2) : shown(call, value)}\n`);
    const { problems, ready } = value as { problems?: string[]; ready?: boolean };
    return (problems?.length ?? 0) > 0 || ready === false ? 1 : 0;
  } finally {
    await link.close();
  }
}

if (import.meta.main) {
  const terminal: Terminal = {
    write: (text) => void process.stdout.write(text),
    note: (text) => void process.stderr.write(text),
    open: openAdmin,
  };
  await runScript(() => operate(process.argv.slice(2), terminal));
}
