/** How each command of the documentation is run by the tests, or why it is not. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { documentedCommands, type DocumentedCommand } from "./documented-commands.ts";
import { ROOT } from "./workbench.ts";

export const commands = documentedCommands();
const read = (file: string): string => readFileSync(join(ROOT, file), "utf8");
export const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
const ci = read(".ci/run");

/** Not run here, and why. */
export const ELSEWHERE: readonly { command: RegExp; because: string; holds?: () => boolean }[] = [
  {
    command: /^npm (ci|test)$|^npm ci && npm test$/,
    because: "the gate itself: .ci/run runs both",
    holds: () => /^npm ci$/m.test(ci) && /^npm test$/m.test(ci),
  },
  { command: /^npm ci && npm start$|^npm start$|^PORT=\d+ npm start$/, because: "this test runs on it" },
  {
    command: /^npm run (lint|format|typecheck|unused)$/,
    because: "parts of npm test",
    holds: () => ["oxlint", "tsc", "knip"].every((part) => read("scripts/gate.ts").includes(`"${part}"`)),
  },
  {
    command: /^npm run billing:live( -- --sandbox)?$/,
    because: "test/scripts/ops/billing-live.test.ts runs it",
    holds: () => read("test/scripts/ops/billing-live.test.ts").includes('"--sandbox"'),
  },
  { command: /^npm run bench -- --write$/, because: "takes half an hour and an idle machine" },
  {
    command: /^npm run mutants -- --list$/,
    because: "the CI's sample reads the whole list first",
    holds: () => /^npm run mutants -- --sample/m.test(ci),
  },
  { command: /^npm run docs:screenshots$/, because: "its pictures are in the repository; needs Chromium" },
  {
    command: /^npm run clients -- --docs$/,
    because: "installs other people's programs and drives them, many minutes",
  },
  {
    command: /^npm run (reality|verify:clickup( -- --dry-run)?)$/,
    because: "needs recorded answers or a real Workspace; their tests run what they do",
    holds: () =>
      existsSync(join(ROOT, "test/contract/reality.test.ts")) &&
      existsSync(join(ROOT, "test/lab/verify/verify.test.ts")),
  },
  { command: /^npm run cost$/, because: "waits for alarms, minutes" },
  {
    command: /^npm run stripe:setup$/,
    because: "only named there; the whole command is in deployment-runbook.md",
  },
  {
    command: /^(claude|code|npx (mcp-remote|@modelcontextprotocol\/inspector(@[\d.]+)?)) /,
    because: "other people's programs",
  },
  { command: /^npx wrangler login$/, because: "opens a browser" },
  { command: /^curl "https:\/\/api\.cloudflare\.com/, because: "Cloudflare's API" },
];

export const SMOKE = /^(SMOKE_TOKEN="\$TOKEN" )?npm run smoke /;
export const SMOKE_LIMIT = /npm run smoke .*--limit/;
/** Ends somebody's access: Bob's, when everything else was run. */
export const DESTRUCTIVE = /^npm run admin -- (revoke|delete) /;
export const OF_THE_STACK = /^npm run admin\b|^curl |^for TYPE in /;
/** In the order of docs/deployment-runbook.md: each needs what the ones before have made. */
export const OF_AN_ACCOUNT = [
  /^npm run kv:create:/,
  /^npm run r2:create/,
  /^npm run secrets:\w+( -- --save-to \S+)?$/,
  /^npm run deploy:/,
  /^npm run doctor -- --env (staging|production)$/,
  /^npm run rollback:\w+ -- --dry-run$/,
  /^npm run rollback:/,
  /^\w+_PREVIOUS="\$PRESENT" npm run secrets:/,
];
export const WRANGLER = /^npx wrangler (?!login)/;
export const IN_THE_COPY = /^npm run (docs|build:worker|doctor -- --env development|stripe:setup -- )/;
export const OTHER_STARTS = /^npm start -- /;
/** Long ones that the CI runs as they are. */
const inCi = ({ text }: DocumentedCommand): boolean => {
  const script = /^npm run ([\w:]+)$/.exec(text)?.[1];
  return script !== undefined && new RegExp(`^npm run ${script}$`, "m").test(ci);
};

export const elsewhere = (command: DocumentedCommand): boolean =>
  ELSEWHERE.some((rule) => rule.command.test(command.text)) || inCi(command) || command.marks.has("long");
export const rank = ({ text }: DocumentedCommand): number =>
  OF_AN_ACCOUNT.findIndex((pattern) => pattern.test(text));
export const matching = (pattern: RegExp): DocumentedCommand[] =>
  commands.filter((command) => !elsewhere(command) && pattern.test(command.text));
