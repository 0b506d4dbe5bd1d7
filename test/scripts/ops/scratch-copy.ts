/** A copy of the repository where documented commands may write what they like. */
import { execFileSync, spawn } from "node:child_process";
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { ROOT, type Done } from "./workbench.ts";

export class ScratchCopy {
  readonly dir = mkdtempSync(join(tmpdir(), "clickup-mcp-docs-"));
  readonly #env: NodeJS.ProcessEnv;

  /** The files that git knows, and the installed packages by links. `wrangler` is the stand-in where its state is named. */
  constructor() {
    const files = execFileSync("git", ["ls-files", "-co", "--exclude-standard", "-z"], {
      cwd: ROOT,
      encoding: "utf8",
    });
    for (const file of files.split("\0").filter(Boolean)) {
      mkdirSync(join(this.dir, dirname(file)), { recursive: true });
      cpSync(join(ROOT, file), join(this.dir, file));
    }
    const from = join(ROOT, "node_modules");
    const to = join(this.dir, "node_modules");
    mkdirSync(join(to, ".bin"), { recursive: true });
    for (const name of readdirSync(from)) {
      if (name !== ".bin") symlinkSync(join(from, name), join(to, name));
    }
    for (const name of readdirSync(join(from, ".bin"))) {
      if (name !== "wrangler") symlinkSync(readlinkSync(join(from, ".bin", name)), join(to, ".bin", name));
    }
    // Behind wrangler's name: the real one, or the stand-in for commands that would reach an account.
    const shim = join(to, ".bin", "wrangler");
    const real = JSON.stringify(join(from, ".bin", "wrangler"));
    const entry = join(to, ".bin", "stand-in.mjs");
    const standIn = JSON.stringify(join(ROOT, "test/scripts/ops/stand-in.ts"));
    writeFileSync(
      shim,
      `#!/bin/sh\n[ -z "\${STAND_IN_STATE:-}" ] && exec ${real} "$@"\nexec node ${JSON.stringify(entry)} "$@"\n`,
    );
    chmodSync(shim, 0o755);
    writeFileSync(entry, `import(${standIn}).then((m) => m.run());\n`);
    this.#env = {
      PATH: process.env["PATH"] ?? "",
      HOME: this.dir,
      WRANGLER_REGISTRY_PATH: join(this.dir, ".registry"),
      WRANGLER_SEND_METRICS: "false",
      CI: "true",
    } as unknown as NodeJS.ProcessEnv;
  }

  read(file: string): string {
    return readFileSync(join(this.dir, file), "utf8");
  }

  /** Runs a command as somebody would who types it here, to its end. */
  run(command: string, env: Record<string, string> = {}): Promise<Done> {
    return new Promise((resolve, reject) => {
      const child = this.start(command, env);
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

  /** Starts one that does not end by itself. */
  start(command: string, env: Record<string, string> = {}) {
    return spawn("bash", ["-euo", "pipefail", "-c", command], {
      cwd: this.dir,
      stdio: ["ignore", "pipe", "pipe"],
      // A process group of its own, as a terminal gives it: Ctrl-C reaches all of it.
      detached: true,
      env: { ...this.#env, ...env },
    });
  }

  remove(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }
}
