/** `npm run smoke -- --url … --token …`: the promises of a deployment, looked at from outside; a line a step. */
import { parseArgs } from "node:util";
import { openAdmin, type Target } from "./admin-link.ts";
import { environmentOf } from "./environments.ts";
import { waitHealthy } from "./health.ts";
import { OperatorError, runScript } from "./operator-error.ts";
import { stepsFor, type Step } from "./smoke-steps.ts";

const PATIENCE_MS = 60_000;

const USAGE = `npm run smoke -- --url https://mcp.your-domain.org [--token TOKEN] [--limit] [--checkout] [--audit] [--wait]

  --token     of a test user, from /auth/login; better as SMOKE_TOKEN, since npm shows its arguments. Without it only
              what needs none.
  --limit     also spend the user's limit for a minute, to see the 429
  --checkout  also open a Checkout page; that makes a customer in Stripe
  --audit     also prove the user's record: on the server of \`npm start\`, or of a deployment with --env and your login
  --wait      up to a minute for a deployment that has just been made`;

/** The user a token of ours names: the subject of a JWT, or the start of an OAuth access token. */
export function userOfToken(token: string): string | undefined {
  if (!token.startsWith("eyJ")) return /^(u_[a-z2-7]{20}):/.exec(token)?.[1];
  const payload = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8")) as {
    sub?: string;
  };
  return payload.sub;
}

function auditStep(token: string, target: Target): Step {
  return {
    name: "audit record",
    run: async () => {
      const user = userOfToken(token);
      if (user === undefined) throw new Error("the token names no user");
      const admin = await openAdmin(target);
      try {
        await admin.json("flush", { user });
        const { problems, batches, events } = (await admin.json("audit", { user, verify: true })) as {
          problems: string[];
          batches: unknown[];
          events: unknown[];
        };
        if (problems.length > 0) throw new Error(problems.join("; "));
        return `${events.length} events in ${batches.length} objects, chain whole`;
      } finally {
        await admin.close();
      }
    },
  };
}

if (import.meta.main) {
  await runScript(async () => {
    const { values } = parseArgs({
      options: {
        url: { type: "string" },
        token: { type: "string" },
        limit: { type: "boolean", default: false },
        checkout: { type: "boolean", default: false },
        audit: { type: "boolean", default: false },
        env: { type: "string" },
        wait: { type: "boolean", default: false },
      },
    });
    if (values.url === undefined || !URL.canParse(values.url)) throw new OperatorError(USAGE);
    const { origin } = new URL(values.url);
    const given = values.token ?? process.env["SMOKE_TOKEN"] ?? "";
    const token = given === "" ? null : given;
    const { limit, checkout } = values;
    const steps = stepsFor({ origin, token, limit, checkout });
    const target: Target = values.env === undefined ? "local" : environmentOf(values.env);
    if (values.audit && token !== null) steps.push(auditStep(token, target));
    // Whether it became healthy says the first step.
    if (values.wait) await waitHealthy(origin, PATIENCE_MS);
    let failed = 0;
    for (const step of steps) {
      try {
        console.log(`✓ ${step.name.padEnd(28)} ${await step.run()}`);
      } catch (error) {
        failed++;
        console.log(`✗ ${step.name.padEnd(28)} ${error instanceof Error ? error.message : String(error)}`);
      }
    }
    if (token === null) console.log("- without a token the rest was left out");
    console.log(failed === 0 ? "\nAll steps passed." : `\n${failed} of ${steps.length} steps failed.`);
    return failed === 0 ? 0 : 1;
  });
}
