/** A copy of the tree to break: the files git knows of or would add, with the installed packages linked. */
import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Mutant } from "./mutant.ts";

export const ROOT = new URL("../../..", import.meta.url).pathname;

export class Tree {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /** Copies the working tree as it is, changes that are not committed included. */
  static copy(): Tree {
    const path = mkdtempSync(join(tmpdir(), "clickup-mcp-mutants-"));
    const listed = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
      cwd: ROOT,
      encoding: "utf8",
      maxBuffer: 64 * 1024 * 1024,
    });
    for (const file of listed.split("\0").filter(Boolean)) {
      mkdirSync(join(path, dirname(file)), { recursive: true });
      copyFileSync(join(ROOT, file), join(path, file));
    }
    symlinkSync(join(ROOT, "node_modules"), join(path, "node_modules"));
    return new Tree(path);
  }

  /** Runs `work` with one safety switched off; the file is as before afterwards. */
  async broken<T>(mutant: Mutant, work: () => Promise<T>): Promise<T> {
    const path = join(this.path, mutant.file);
    const before = readFileSync(path, "utf8");
    writeFileSync(path, mutated(mutant, before));
    try {
      return await work();
    } finally {
      writeFileSync(path, before);
    }
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** @throws Error when the text to replace does not occur exactly once */
export function mutated(mutant: Mutant, text: string): string {
  const times = text.split(mutant.find).length - 1;
  if (times !== 1) {
    throw new Error(
      `${mutant.name}: its text occurs ${times} times in ${mutant.file}, and must occur once. The code has ` +
        "changed: make the mutant break the same safety in its new form.",
    );
  }
  // A function, because `$` means something in a replacement text.
  return text.replace(mutant.find, () => mutant.replace);
}
