/** A place to run the operator's scripts: a copy of the configuration, and the stand-in wrangler before the real one. */
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { ConfigFile } from "../../../scripts/ops/config-file.ts";
import {
  GENERATED_SECRETS,
  KV_BINDINGS,
  kvTitle,
  type Environment,
} from "../../../scripts/ops/environments.ts";
import { FingerprintFile } from "../../../scripts/ops/fingerprint.ts";
import { EMPTY, type State } from "./stand-in.ts";

export const ROOT = join(import.meta.dirname, "../../..");

export interface Done {
  status: number;
  /** stdout and stderr. */
  output: string;
}

export class Workbench {
  readonly dir = mkdtempSync(join(tmpdir(), "clickup-mcp-ops-"));
  readonly #bin = join(this.dir, "bin");
  readonly #stateFile = join(this.dir, "state.json");

  constructor(state: Partial<State> = {}) {
    mkdirSync(this.#bin);
    const shim = join(this.#bin, "wrangler");
    const standIn = JSON.stringify(join(import.meta.dirname, "stand-in.ts"));
    writeFileSync(shim, `#!${process.execPath}\nimport(${standIn}).then((m) => m.run());\n`);
    chmodSync(shim, 0o755);
    copyFileSync(join(ROOT, "wrangler.jsonc"), this.file("wrangler.jsonc"));
    this.state = { ...structuredClone(EMPTY), ...state };
  }

  file(name: string): string {
    return join(this.dir, name);
  }

  read(name: string): string {
    return existsSync(this.file(name)) ? readFileSync(this.file(name), "utf8") : "";
  }

  get state(): State {
    return JSON.parse(readFileSync(this.#stateFile, "utf8")) as State;
  }

  set state(state: State) {
    writeFileSync(this.#stateFile, JSON.stringify(state));
  }

  /** Calls of the stand-in as one line each, without those that only look. */
  get changes(): string[] {
    return this.state.calls.map((call) => call.join(" ")).filter((call) => !/\blist\b|^whoami/.test(call));
  }

  /** As `npm run kv:create` and `npm run secrets` leave an environment; they have tests of their own. */
  provision(environment: Environment): void {
    const secrets = {
      ENCRYPTION_KEY: randomBytes(32).toString("base64"),
      JWT_SECRET: randomBytes(48).toString("base64url"),
    };
    const { state } = this;
    state.secrets[environment === "development" ? "" : environment] = secrets;
    const config = new ConfigFile(this.file("wrangler.jsonc"));
    for (const binding of KV_BINDINGS) {
      const id = randomBytes(8).toString("hex");
      state.namespaces.push({ id, title: kvTitle(environment, binding) });
      config.setKvId(environment, binding, id);
    }
    this.state = state;
    const fingerprints = new FingerprintFile(this.dir);
    for (const name of GENERATED_SECRETS) fingerprints.record(environment, name, secrets[name]);
  }

  /** Puts another origin into the copy of wrangler.jsonc. */
  setOrigin(from: string, to: string): void {
    writeFileSync(this.file("wrangler.jsonc"), this.read("wrangler.jsonc").replace(from, to));
  }

  /** Runs `scripts/ops/{name}.ts` to its end. */
  run(name: string, args: string[], env: Record<string, string> = {}): Promise<Done> {
    return new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [join(ROOT, "scripts/ops", `${name}.ts`), ...args], {
        cwd: ROOT,
        stdio: ["ignore", "pipe", "pipe"],
        env: {
          HOME: this.dir,
          PATH: `${this.#bin}${delimiter}${process.env["PATH"] ?? ""}`,
          STAND_IN_STATE: this.#stateFile,
          CLICKUP_MCP_CONFIG_DIR: this.dir,
          ...env,
          // The generated types list the Worker's own variables as if every process had them.
        } as unknown as NodeJS.ProcessEnv,
      });
      let output = "";
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding("utf8").on("data", (text: string) => {
          output += text;
        });
      }
      child.on("error", reject);
      child.on("close", (code) => resolve({ status: code ?? 1, output }));
    });
  }

  remove(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }
}
