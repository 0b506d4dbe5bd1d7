/**
 * A wrangler for tests: answers as the real one does for the commands our scripts use, from a state file, and
 * notes every call. It stands on PATH under wrangler's name (see `workbench.ts`).
 */
import { readFileSync, writeFileSync } from "node:fs";

export interface State {
  /** `null`: nobody is logged in. */
  accounts: { id: string; name: string }[] | null;
  namespaces: { id: string; title: string }[];
  buckets: string[];
  /** `bucket kind` to names. */
  rules: Record<string, string[]>;
  /** By Worker's environment name; values as they came by stdin. */
  secrets: Record<string, Record<string, string>>;
  versions: { id: string; metadata: { created_on: string }; annotations: Record<string, string> }[];
  deployments: {
    created_on: string;
    annotations?: Record<string, string>;
    versions: { version_id: string; percentage: number }[];
  }[];
  /** A command that fails, by its first words, with what it prints. */
  failing: Record<string, string>;
  calls: string[][];
}

export const EMPTY: State = {
  accounts: [{ id: "acc1", name: "Example" }],
  namespaces: [],
  buckets: [],
  rules: {},
  secrets: {},
  versions: [],
  deployments: [],
  failing: {},
  calls: [],
};

function main(file: string, args: string[]): number {
  const state = JSON.parse(readFileSync(file, "utf8")) as State;
  state.calls.push(args);
  try {
    return answer(state, args);
  } finally {
    writeFileSync(file, JSON.stringify(state));
  }
}

function answer(state: State, args: string[]): number {
  const words = args.filter((arg) => !arg.startsWith("--"));
  const env = args.includes("--env") ? (args[args.indexOf("--env") + 1] ?? "") : "none";
  const fails = Object.entries(state.failing).find(([command]) => args.join(" ").startsWith(command));
  if (fails !== undefined) return fail(fails[1]);
  if (words[0] === "whoami") {
    if (state.accounts === null) return print({ loggedIn: false }, 1);
    return print({ loggedIn: true, accounts: state.accounts });
  }
  if (args.includes("--dry-run")) return say("Total Upload: 1 KiB / gzip: 1 KiB\n--dry-run: exiting now.");
  if (state.accounts === null) return fail("You are not authenticated. Please run `wrangler login`.");
  const [one, two, three, four] = words;
  switch (`${one} ${two}`) {
    case "kv namespace":
      if (three === "list") return print(state.namespaces);
      if (state.namespaces.some((n) => n.title === four))
        return fail("a namespace with this title already exists [code: 10014]");
      state.namespaces.push({ id: String(state.namespaces.length + 1).repeat(8), title: four ?? "" });
      return say("Success!");
    case "r2 bucket":
      return bucket(state, args.slice(2));
    case "secret list":
      if (state.secrets[env] === undefined)
        return fail("This Worker does not exist on your account. [code: 10007]");
      return print(Object.keys(state.secrets[env]).map((name) => ({ name, type: "secret_text" })));
    case "secret bulk":
      state.secrets[env] = {
        ...state.secrets[env],
        ...(JSON.parse(readFileSync(0, "utf8")) as Record<string, string>),
      };
      return say("Success!");
    case "versions list":
      return print(state.versions);
    case "deployments list":
      return print(state.deployments);
  }
  if (one === "deploy") return deploy(state, args);
  if (one === "rollback") {
    release(state, two ?? "", optionOf(args, "--message"));
    return say(`Worker Version ${two} has been deployed to 100% of traffic.`);
  }
  return fail(`Unknown arguments: ${args.join(" ")}`);
}

function optionOf(args: string[], name: string): string {
  return args.includes(name) ? (args[args.indexOf(name) + 1] ?? "") : "";
}

/** Uploads a version and gives it all the traffic. */
function deploy(state: State, args: string[]): number {
  const id = process.env["STAND_IN_VERSION"] ?? `version-${state.versions.length + 1}`;
  state.versions.push({
    id,
    metadata: { created_on: momentOf(state.versions.length) },
    annotations: {
      "workers/tag": optionOf(args, "--tag"),
      "workers/message": optionOf(args, "--message"),
    },
  });
  release(state, id, "");
  return say(`Uploaded clickup-mcp (1.00 sec)\nCurrent Version ID: ${id}`);
}

function release(state: State, version_id: string, message: string): void {
  state.deployments.push({
    created_on: momentOf(state.deployments.length),
    annotations: { "workers/message": message },
    versions: [{ version_id, percentage: 100 }],
  });
}

/** Later for every next thing, after whatever a test has put there. */
function momentOf(index: number): string {
  return new Date(Date.UTC(2026, 10, 10, 0, index)).toISOString();
}

function bucket(state: State, [verb = "", name = "", bucketName = "", rule = ""]: string[]): number {
  if (verb === "list")
    return say(state.buckets.map((b) => `name:           ${b}\ncreation_date:  2026-01-01\n`).join("\n"));
  if (verb === "create") {
    state.buckets.push(name);
    return say("Created");
  }
  const key = `${bucketName} ${verb}`;
  if (name === "list")
    return say((state.rules[key] ?? []).map((r) => `name:     ${r}\nenabled:  Yes\n`).join("\n"));
  state.rules[key] = [...(state.rules[key] ?? []), rule];
  return say("Added");
}

function print(value: unknown, status = 0): number {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
  return status;
}

function say(text: string): number {
  process.stdout.write(`${text}\n`);
  return 0;
}

function fail(text: string): number {
  process.stderr.write(`✘ [ERROR] ${text}\n`);
  return 1;
}

/**
 * Answers the arguments of this process, by the state that STAND_IN_STATE names.
 * @public called by the file that stands in wrangler's place
 */
export function run(): void {
  const file = process.env["STAND_IN_STATE"];
  if (file === undefined) throw new Error("STAND_IN_STATE names no state");
  process.exitCode = main(file, process.argv.slice(2));
}
