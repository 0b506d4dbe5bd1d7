/** `npm test`: format, lint, types, what nobody uses, tests, in that order; stops at the first that fails. */
import { spawnSync } from "node:child_process";

const KNIP = ["--no-progress", "--treat-config-hints-as-errors"];
const STEPS: { name: string; command: string; args: string[] }[] = [
  { name: "format", command: "oxfmt", args: ["--check"] },
  { name: "generated types", command: "wrangler", args: ["types", "--include-runtime=true"] },
  { name: "lint", command: "oxlint", args: ["--type-aware", "--deny-warnings"] },
  { name: "types", command: "tsc", args: ["-p", "tsconfig.json"] },
  { name: "types of tests and scripts", command: "tsc", args: ["-p", "test/tsconfig.json"] },
  { name: "nothing unused", command: "knip", args: KNIP },
  { name: "nothing used by tests alone", command: "knip", args: [...KNIP, "--production"] },
  { name: "tests", command: "vitest", args: ["run", ...process.argv.slice(2)] },
];

for (const { name, command, args } of STEPS) {
  console.log(`\n— ${name}`);
  const started_ms = Date.now();
  // wrangler talks on success too; its words matter only when it fails.
  const quiet = command === "wrangler";
  const run = spawnSync(command, args, {
    stdio: quiet ? ["ignore", "pipe", "pipe"] : "inherit",
    env: { ...process.env, WRANGLER_SEND_METRICS: "false", CI: process.env["CI"] ?? "true" },
    encoding: "utf8",
  });
  if (run.status !== 0) {
    if (quiet) console.error(run.stdout, run.stderr);
    console.error(`\n${name} failed (${command} ${args.join(" ")})`);
    process.exit(run.status ?? 1);
  }
  console.log(`  ${((Date.now() - started_ms) / 1000).toFixed(1)} s`);
}
