/** The product before the working tree: which commit it is, and its files. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../workerd/bundle.ts";

/** What a bundle is made of. */
const PRODUCT = ["worker", "objects", "tools", "migrations", "wrangler.jsonc", "package.json"];

function git(...args: string[]): string | undefined {
  try {
    const stdio: ["ignore", "pipe", "ignore"] = ["ignore", "pipe", "ignore"];
    return execFileSync("git", args, { cwd: ROOT, encoding: "utf8", stdio }).trim() || undefined;
  } catch {
    // No repository, no such commit.
    return undefined;
  }
}

/**
 * The commit to come from: the newest release, or else the last one with another product than the working tree's.
 * @returns undefined when the history does not reach back that far
 */
export function previousCommit(): string | undefined {
  const release = git("describe", "--tags", "--abbrev=0", "HEAD^");
  if (release !== undefined) return git("rev-parse", `${release}^{commit}`);
  const changed = git("status", "--porcelain", "--", ...PRODUCT) !== undefined;
  if (changed) return git("rev-parse", "HEAD");
  const last = git("log", "-1", "--format=%H", "--", ...PRODUCT);
  return last === undefined ? undefined : git("rev-parse", "--verify", "--quiet", `${last}^`);
}

/** A name people recognise: hash and subject. */
export function described(commit: string): string {
  return git("log", "-1", "--format=%h %s", commit) ?? commit;
}

export function commitOf(ref: string): string | undefined {
  return git("rev-parse", "--verify", "--quiet", `${ref}^{commit}`);
}

/**
 * The files of a commit, with the packages installed here.
 * @param over commit and paths that replace some of its folders
 */
export function filesOf(commit: string, folder: string, over?: { commit: string; paths: string[] }): string {
  mkdirSync(folder, { recursive: true });
  extract(commit, [], folder);
  if (over !== undefined) extract(over.commit, over.paths, folder);
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  if (!existsSync(join(folder, "worker/index.ts"))) throw new Error(`${commit} has no Worker to build`);
  return folder;
}

function extract(commit: string, paths: string[], folder: string): void {
  const archive = execFileSync("git", ["archive", "--format=tar", commit, ...paths], {
    cwd: ROOT,
    maxBuffer: 256 * 1024 * 1024,
  });
  execFileSync("tar", ["-x", "-C", folder], { input: archive });
}
