/** A folder of its own for each client, under `.wrangler/`, which git ignores: its packages, its home, its driver. */
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { LabClient } from "./list.ts";

const ROOT = join(import.meta.dirname, "..", "..", "..");
const CLIENTS_FOLDER = join(ROOT, ".wrangler", "clients");
const DRIVERS = join(import.meta.dirname, "drivers");

/**
 * Installs what is not there yet, by the registry npm is configured for.
 * @returns the client's folder. @throws Error with npm's last words
 */
export function install(client: LabClient): string {
  const folder = join(CLIENTS_FOLDER, client.name);
  mkdirSync(folder, { recursive: true });
  const manifestOf = { private: true, type: "module", dependencies: client.packages };
  const wanted = JSON.stringify({ ...manifestOf, scripted: client.scripts === true }, null, 2);
  const manifest = join(folder, "package.json");
  const installed = join(folder, "installed.json");
  if (!existsSync(installed) || readFileSync(installed, "utf8") !== wanted) {
    rmSync(join(folder, "node_modules"), { recursive: true, force: true });
    rmSync(join(folder, "package-lock.json"), { force: true });
    writeFileSync(manifest, wanted);
    const scripts = `--ignore-scripts=${client.scripts !== true}`;
    const quiet = ["--no-audit", "--no-fund", "--loglevel", "error"];
    execFileSync("npm", ["install", "--engine-strict=false", scripts, ...quiet], {
      cwd: folder,
      stdio: "pipe",
    });
    writeFileSync(installed, wanted);
  }
  cpSync(DRIVERS, join(folder, "drivers"), { recursive: true });
  return folder;
}
