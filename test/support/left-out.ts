/**
 * Says at the end of a run which checks were left out because something they need is not on this machine. A check that
 * can be left out says what it needs in its name: "… (needs a thing)", and `test/repo/left-out.test.ts` sees that it does.
 */
import type { Reporter, TestModule } from "vitest/node";

export default class LeftOut implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const checks = new Map<string, number>();
    for (const module of modules) {
      for (const { fullName } of module.children.allTests("skipped")) {
        const [, name, needed] = /^(.*?) \(needs ([^)]+)\)/.exec(fullName) ?? [];
        if (needed === undefined) continue;
        const line = `LEFT OUT: "${name}" of ${module.relativeModuleId}, because it needs ${needed}`;
        checks.set(line, (checks.get(line) ?? 0) + 1);
      }
    }
    for (const [line, count] of checks)
      console.log(`${line} (${count === 1 ? "one test" : `${count} tests`})`);
  }
}
