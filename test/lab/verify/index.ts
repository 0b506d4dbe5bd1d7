/**
 * `npm run verify:clickup -- --space ID [--team ID] [--dry-run] [--out FILE]` with a personal token in CLICKUP_TOKEN:
 * plays the probes in a throw-away Space of a real Workspace and compares each answer with the sandbox's. It makes a
 * Folder and changes and deletes only what it made. `--dry-run` lists every request and sends none; `--sandbox` plays
 * against a second sandbox.
 */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { createClickUpSandbox, SANDBOX } from "../../sandbox/clickup/index.ts";
import { play, reportOf, type Target } from "./play.ts";
import { PROBES } from "./probes.ts";

const { values } = parseArgs({
  options: {
    space: { type: "string" },
    team: { type: "string" },
    out: { type: "string" },
    "dry-run": { type: "boolean", default: false },
    sandbox: { type: "boolean", default: false },
  },
});

/** 60 requests take about a minute: within every plan's limit. */
const PAUSE_MS = 800;

function sandboxTarget(): Target {
  const sandbox = createClickUpSandbox({ rateLimitPerMinute: 10_000 });
  return {
    send: (request) => sandbox.fetch(request),
    baseUrl: "https://api.clickup.test/api",
    authorization: SANDBOX.tokens.alice,
    team: SANDBOX.workspaces.northwind,
    space: SANDBOX.spaces.marketing,
  };
}

async function realTarget(): Promise<Target> {
  const token = process.env["CLICKUP_TOKEN"] ?? "";
  const { space } = values;
  if (token === "" || space === undefined || !/^\d+$/.test(space)) {
    throw new Error("Give a personal token in CLICKUP_TOKEN and the id of a throw-away Space with --space.");
  }
  const baseUrl = "https://api.clickup.com/api";
  const answer = await fetch(`${baseUrl}/v2/team`, { headers: { Authorization: token } });
  const { teams = [] }: { teams?: { id: string }[] } = await answer.json();
  const team = values.team ?? teams[0]?.id;
  if (team === undefined || (values.team === undefined && teams.length > 1)) {
    throw new Error(`This token reaches ${teams.length} Workspaces: name the Space's own with --team.`);
  }
  return {
    send: (request) => fetch(request),
    baseUrl,
    authorization: token,
    team,
    space,
    pause: () => new Promise((resolve) => setTimeout(resolve, PAUSE_MS)),
  };
}

if (values["dry-run"]) {
  for (const { method, path, name, body } of PROBES) {
    const sent = body === undefined ? "" : ` ${JSON.stringify(body({ task: "{task}" }) ?? {})}`;
    console.log(`${method} ${path}${sent}  (${name})`);
  }
  console.log(`${PROBES.length} requests; none was sent.`);
} else {
  const real = await play(values.sandbox ? sandboxTarget() : await realTarget(), PROBES);
  const { text, differing } = reportOf(real, await play(sandboxTarget(), PROBES));
  console.log(text);
  if (values.out !== undefined) writeFileSync(values.out, text);
  process.exitCode = values.sandbox && differing > 0 ? 1 : 0;
}
