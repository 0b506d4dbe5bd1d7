/** `npm start`: runs everything on this machine and says how to connect. */
import { relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { STATE_DIR } from "./running.ts";
import { startStack, type ClickUpTarget, type Stack } from "./stack.ts";

/** Not a port that a client registers for its own callback, as Cursor does 8787 (wrangler's own default). */
const DEFAULT_PORT = "8484";

const USAGE = `npm start [-- OPTIONS]: the whole server on this machine, until Ctrl-C

  --clickup sandbox|real   ClickUp from this machine (no account needed), or api.clickup.com; unless given: the
                           real one where .dev.vars names a ClickUp app
  --port PORT              also as the variable PORT
  --data FOLDER            where it keeps its state; .wrangler/state unless given
  --verbose                the Worker's own output
  --help                   this`;

interface Options {
  port: number;
  clickup: ClickUpTarget | undefined;
  dataDir: string;
  verbose: boolean;
}

/** @returns `null` when help was asked for */
function options(): Options | null {
  const { values } = parseArgs({
    options: {
      clickup: { type: "string" },
      port: { type: "string" },
      data: { type: "string" },
      verbose: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) return null;
  const port = Number(values.port ?? process.env["PORT"] ?? DEFAULT_PORT);
  if (!Number.isInteger(port) || port < 1 || port > 65_000)
    throw new Error("PORT must be a number from 1 to 65000.");
  const { clickup } = values;
  if (clickup !== undefined && clickup !== "real" && clickup !== "sandbox") {
    throw new Error("--clickup takes `real` or `sandbox`.");
  }
  return { port, clickup, dataDir: resolve(values.data ?? STATE_DIR), verbose: values.verbose };
}

function banner(stack: Stack): string {
  const mcp = `${stack.url}/mcp`;
  const vscode = JSON.stringify({ name: "clickup", type: "http", url: mcp });
  const lines = [
    "",
    "  ClickUp MCP server is running.",
    "",
    `  MCP URL        ${mcp}`,
    `  Sign in        ${stack.url}/auth/login`,
    stack.sandbox === undefined
      ? "  ClickUp        the real one (api.clickup.com)"
      : `  ClickUp        a sandbox on this machine, ${stack.sandbox.url} (npm start -- --clickup real for the real one)`,
    stack.stripe === undefined
      ? "  Stripe         the account of STRIPE_SECRET_KEY in .dev.vars"
      : `  Stripe         a sandbox on this machine, ${stack.stripe.url}: upgrade by clicking at ${stack.url}/account/plan`,
    `  Data           ${relative(process.cwd(), stack.dataDir) || "."} (kept between starts; delete it to begin anew)`,
    "",
    "  Connect a client",
    `    Claude Code  claude mcp add --transport http clickup ${mcp}`,
    `    VS Code      code --add-mcp '${vscode}'`,
    "    Cursor       in ~/.cursor/mcp.json:",
    `                 {"mcpServers":{"clickup":{"url":"${mcp}"}}}`,
    "    curl         sign in at the page above, copy the token, then",
    `                 curl -s ${mcp} -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/json" \\`,
    `                   -d '{"jsonrpc":"2.0","id":1,"method":"tools/list"}'`,
    "",
    "  Ctrl-C stops everything.",
    "",
  ];
  return lines.join("\n");
}

async function main(): Promise<void> {
  const given = options();
  if (given === null) {
    console.log(USAGE);
    return;
  }
  const { verbose, ...chosen } = given;
  const log: string[] = [];
  const starting = new AbortController();
  let stopped = false;
  let stop = async (code: number): Promise<void> => {
    stopped = true;
    starting.abort();
    process.exitCode = code;
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => void stop(0));
  const stack = await startStack({
    ...chosen,
    signal: starting.signal,
    onLog: (line) => {
      if (verbose) console.log(line);
      log.push(line);
      if (log.length > 200) log.shift();
    },
  }).catch((error: unknown) => {
    if (stopped) process.exit(0);
    if (!verbose && log.length > 0) console.error(log.slice(-20).join("\n"));
    throw error;
  });
  console.log(banner(stack));
  let stopping = false;
  stop = async (code: number): Promise<void> => {
    if (stopping) return;
    stopping = true;
    await stack.stop();
    process.exit(code);
  };
  const code = await stack.ended;
  if (!stopping) {
    console.error(log.slice(-20).join("\n"));
    console.error(`The Worker ended (${code ?? "killed"}).`);
    await stop(1);
  }
}

main().catch((error: unknown) => {
  const words = error instanceof Error ? error.message : String(error);
  const usage =
    (error as { code?: string }).code?.startsWith("ERR_PARSE_ARGS") === true ? `\n${USAGE}\n` : "";
  console.error(`\n${words}\n${usage}`);
  process.exit(1);
});
