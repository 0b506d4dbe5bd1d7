/** The CI's workflows: what they run exists, what can be run here is run, and no input becomes code. */
import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { ENVIRONMENTS } from "../../../scripts/ops/environments.ts";
import { ROOT } from "./workbench.ts";

const FOLDER = join(ROOT, ".github/workflows");
const workflows = Object.fromEntries(
  readdirSync(FOLDER).map((file) => [file, readFileSync(join(FOLDER, file), "utf8")]),
);
const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
  scripts: Record<string, string>;
};

/** Lines that a shell runs: after `run:`, on the same line or indented below it. */
function shellLines(yaml: string): string[] {
  const lines: string[] = [];
  let block_indent = -1;
  for (const line of yaml.split("\n")) {
    const indent = line.length - line.trimStart().length;
    if (block_indent >= 0 && (line.trim() === "" || indent > block_indent)) {
      if (line.trim() !== "") lines.push(line.trim());
      continue;
    }
    block_indent = -1;
    const run = /^\s*(- )?run:\s*(.*)$/.exec(line);
    if (run === null) continue;
    // A block's lines stand further in than its key, which may follow a dash.
    if (run[2] === "|") block_indent = indent + (run[1]?.length ?? 0);
    else lines.push(run[2] ?? "");
  }
  return lines;
}

test("the lines of a workflow are found", () => {
  expect(
    shellLines("a:\n  - run: one\n  - run: |\n      two\n      three\n    with: x\n  - run: four"),
  ).toEqual(["one", "two", "three", "four"]);
});

describe.each(Object.entries(workflows))("%s", (_, yaml) => {
  const lines = shellLines(yaml);

  test("npm scripts and files it runs exist, for every environment it is given", () => {
    expect(lines.length).toBeGreaterThan(1);
    const targets = [
      ...Object.values(workflows)
        .join("\n")
        .matchAll(/^\s+environment: (\w+)$/gm),
    ].map((match) => match[1] ?? "");
    expect(targets.toSorted()).toEqual(["production", "staging"]);
    const named = lines.flatMap((line) => /npm run "?([\w:$]+)"?/.exec(line)?.[1] ?? []);
    const meant = named.flatMap((name) =>
      name.includes("$TARGET") ? targets.map((target) => name.replace("$TARGET", target)) : [name],
    );
    expect(meant.filter((name) => !(name in scripts))).toEqual([]);
    const files = lines.filter((line) => line.startsWith("."));
    expect(files.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
  });

  test("no input, variable or secret is pasted into a line: they come by the environment", () => {
    expect(lines.filter((line) => line.includes("${{"))).toEqual([]);
  });

  test("it may read the code and nothing else, and ends by itself", () => {
    expect(yaml).toMatch(/^permissions:\n {2}contents: read$/m);
    expect(yaml.match(/runs-on:/g)?.length).toBe(yaml.match(/timeout-minutes:/g)?.length);
    expect(yaml.match(/actions\/checkout@/g)?.length).toBe(yaml.match(/persist-credentials: false/g)?.length);
  });

  test("actions have a version", () => {
    const used = [...yaml.matchAll(/uses: (\S+)/g)].map((match) => match[1] ?? "");
    expect(used.filter((action) => !/^\.\/|@v\d+$|@[0-9a-f]{40}$/.test(action))).toEqual([]);
    const local = used.filter((action) => action.startsWith("./"));
    expect(local.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
  });
});

describe("deploying", () => {
  const deploy = workflows["deploy.yml"] ?? "";

  test("goes deploy, smoke, and back when the smoke test fails", () => {
    const [at, smoke, back] = ["- name: deploy", "- name: smoke", "- name: roll back"].map((name) =>
      deploy.indexOf(name),
    );
    expect([at! > 0, smoke! > at!, back! > smoke!]).toEqual([true, true, true]);
    const condition = /if: (.*)/.exec(deploy.slice(back))?.[1] ?? "";
    expect(condition).toContain("failure()");
    const [, step = ""] = /steps\.(\w+)\.outcome == 'failure'/.exec(condition) ?? [];
    expect(deploy).toContain(`id: ${step}`);
    // The deployment takes an unhealthy version back by itself: nobody may tell it not to look.
    expect(deploy).not.toContain("--skip-health");
  });

  test("never two at once into one environment, and production only by hand after staging", () => {
    expect(deploy).toContain("group: deploy-${{ inputs.environment }}");
    const ci = workflows["ci.yml"] ?? "";
    const production = ci.slice(ci.indexOf("\n  production:"));
    expect(production).toMatch(/needs: staging/);
    expect(production).toMatch(/if: github\.event_name == 'workflow_dispatch' && inputs\.production/);
    expect(ci.slice(ci.indexOf("\n  staging:"))).toMatch(/needs: check/);
  });
});

test("every environment would be uploaded, as the workflow tries it", { timeout: 120_000 }, async () => {
  const dryRuns = Object.values(workflows)
    .flatMap(shellLines)
    .filter((line) => /^npx wrangler .*--dry-run$/.test(line));
  expect(dryRuns).toHaveLength(ENVIRONMENTS.length);
  for (const line of dryRuns) {
    const args = line.replace("npx wrangler ", "").split(" ");
    const { stdout } = await promisify(execFile)(
      join(ROOT, "node_modules/.bin/wrangler"),
      args.map((arg) => (arg === '""' ? "" : arg)),
      { cwd: ROOT, env: { ...process.env, CI: "true", WRANGLER_SEND_METRICS: "false", NO_COLOR: "1" } },
    );
    const name = args[2] === '""' ? "development" : (args[2] ?? "");
    expect(stdout).toMatch(new RegExp(`env\\.ENVIRONMENT \\("${name}"\\)`));
    expect(stdout).toContain("--dry-run: exiting now");
    for (const binding of ["USER", "OAUTH_KV", "USER_MAPPINGS", "AUDIT_LOGS", "VERSION_METADATA"]) {
      expect(stdout).toContain(`env.${binding}`);
    }
  }
});
