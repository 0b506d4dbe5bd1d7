/** `npm run doctor -- --env …`: looks at everything an environment needs; exits 1 when something must be done. */
import { parseArgs } from "node:util";
import { ConfigFile } from "./config-file.ts";
import { checkAccount, checkDeployment, checkMachine, run, skipped, type Finding } from "./doctor-checks.ts";
import { environmentOf } from "./environments.ts";
import { FingerprintFile } from "./fingerprint.ts";
import { readHealth } from "./health.ts";
import { runScript } from "./operator-error.ts";
import { ROOT } from "./wrangler.ts";

const MARKS: Record<Finding["state"], string> = { ok: "✓", warning: "!", fault: "✗", skipped: "-" };

await runScript(async () => {
  const { values } = parseArgs({
    options: {
      env: { type: "string" },
      url: { type: "string" },
      account: { type: "boolean", default: false },
    },
  });
  const environment = environmentOf(values.env);
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
      const origin =
        values.url ??
        (local ? config.section(environment).vars["PUBLIC_URL"] : config.publicUrl(environment).origin);
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
