/** `npm run doctor -- --env …`: looks at everything an environment needs; exits 1 when something must be done. */
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { runningUrl, STATE_DIR } from "../running.ts";
import { ConfigFile } from "./config-file.ts";
import { checkAccount, checkDeployment, checkMachine, run, skipped, type Finding } from "./doctor-checks.ts";
import { environmentOf } from "./environments.ts";
import { FingerprintFile } from "./fingerprint.ts";
import { readHealth } from "./health.ts";
import { runScript } from "./operator-error.ts";
import { ROOT } from "./wrangler.ts";

const MARKS: Record<Finding["state"], string> = { ok: "✓", warning: "!", fault: "✗", skipped: "-" };

const USAGE = `npm run doctor [-- --env development|staging|production] [--url ORIGIN] [--data FOLDER] [--account]

  --env      development unless given: this machine, and the server of npm start
  --url      another address than the environment's own
  --data     the folder that npm start was given
  --account  development: look at the Cloudflare account, too`;

await runScript(async () => {
  const { values } = parseArgs({
    options: {
      env: { type: "string" },
      data: { type: "string" },
      help: { type: "boolean", short: "h", default: false },
      url: { type: "string" },
      account: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const environment = environmentOf(values.env ?? "development");
  const config = new ConfigFile();
  const here = values.url === undefined || ["localhost", "127.0.0.1"].includes(new URL(values.url).hostname);
  const local = environment === "development" && here;
  const findings = await run("this machine", () =>
    checkMachine(process.env["CLICKUP_MCP_CONFIG_DIR"] ?? ROOT),
  );
  // Local development needs no account.
  if (local && !values.account)
    findings.push(skipped("account", "not needed on this machine; --account looks at it"));
  else
    findings.push(...(await run("account", () => checkAccount(environment, config, new FingerprintFile()))));
  findings.push(
    ...(await run("deployment", async () => {
      // The server of this checkout says where it runs, whatever its port.
      const running = runningUrl(values.data === undefined ? STATE_DIR : resolve(values.data));
      const origin =
        values.url ??
        (local
          ? (running ?? config.section(environment).vars["PUBLIC_URL"])
          : config.publicUrl(environment).origin);
      if (values.url === undefined && local && !(await readHealth(origin ?? "")).ok)
        return [skipped("server", "does not run; npm start")];
      return checkDeployment(new URL(origin ?? "").origin);
    })),
  );
  for (const { state, what, detail } of findings) console.log(`${MARKS[state]} ${what.padEnd(22)} ${detail}`);
  const faults = findings.filter(({ state }) => state === "fault").length;
  console.log(faults === 0 ? `\n${environment} is in order.` : `\n${faults} to put right.`);
  return faults === 0 ? 0 : 1;
});
