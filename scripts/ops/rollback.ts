/** `npm run rollback:*`: back to the version before, or to a named one, after saying what that means for the data. */
import { parseArgs } from "node:util";
import { envArgs, environmentOf, type Environment } from "./environments.ts";
import { OperatorError, runScript } from "./operator-error.ts";
import { deployments, listVersions, rollbackMessage, versionBefore, type Version } from "./versions.ts";
import { requireAccount, wrangler } from "./wrangler.ts";

export type Verdict = { safe: true; why: string } | { safe: false; why: string };

/** Whether the code of `to` can work with the data that `from` has written. */
export function judge(from: Version | undefined, to: Version): Verdict {
  if (to.shape === undefined || from?.shape === undefined) {
    return {
      safe: false,
      why: "one of the two was not deployed by `npm run deploy:*`, so its data shapes are not known. Compare `migrations/` and the `migrations` of wrangler.jsonc of both commits, then add --force.",
    };
  }
  if (to.shape.classes !== from.shape.classes) {
    return {
      safe: false,
      why: `the Durable Object classes changed in between (${to.shape.classes} to ${from.shape.classes}), and Cloudflare does not roll back across that. Deploy a new version that keeps the class migrations and reverts the code.`,
    };
  }
  if (to.shape.schema < from.shape.schema) {
    return {
      safe: true,
      why: `the users' databases stay at schema ${from.shape.schema}. Migrations only add, so the code of schema ${to.shape.schema} reads them; what the newer version stored in new tables waits there.`,
    };
  }
  return { safe: true, why: "both versions use the same data shapes." };
}

export interface RollbackOptions {
  /** Id, its beginning, or tag of a version; the one before, unless given. */
  to: string | undefined;
  force: boolean;
  dryRun: boolean;
}

/** @throws OperatorError when there is nothing to go back to, or it would not be safe */
export async function rollback(
  environment: Environment,
  { to: wanted, force, dryRun }: RollbackOptions,
): Promise<void> {
  await requireAccount();
  const [versions, deployed] = [await listVersions(environment), await deployments(environment)];
  const runningId = deployed[0]?.versionId;
  const running = versions.find(({ id }) => id === runningId);
  const beforeId = versionBefore(deployed);
  const to = versions.find(({ id, tag }) =>
    wanted === undefined ? id === beforeId : id.startsWith(wanted) || tag === wanted,
  );
  if (to === undefined) {
    const known = versions.map(({ id, tag, created }) => `  ${id}  ${tag}  ${created}`).join("\n");
    throw new OperatorError(
      wanted === undefined
        ? `${environment} has no earlier deployment to go back to.`
        : `There is no version "${wanted}" of ${environment}. The newest are:\n${known}`,
    );
  }
  if (to.id === runningId) throw new OperatorError(`Version ${to.id} is the one that runs.`);
  const verdict = judge(running, to);
  console.log(`From  ${running?.id ?? runningId ?? "unknown"} ${running?.tag ?? ""}`);
  console.log(`To    ${to.id} ${to.tag} (${to.created})`);
  console.log(`Data  ${verdict.why}`);
  if (!verdict.safe && !force) throw new OperatorError("Not rolled back: see the line above.");
  if (dryRun) return;
  const message = rollbackMessage(running?.tag ?? runningId ?? "unknown");
  await wrangler(["rollback", to.id, ...envArgs(environment), "--message", message, "--yes"], { show: true });
  console.log(
    "Secrets and wrangler.jsonc vars are not part of a version's code; check them with: npm run doctor",
  );
}

if (import.meta.main) {
  await runScript(async () => {
    const { values } = parseArgs({
      options: {
        env: { type: "string" },
        to: { type: "string" },
        force: { type: "boolean", default: false },
        "dry-run": { type: "boolean", default: false },
      },
    });
    await rollback(environmentOf(values.env), {
      to: values.to,
      force: values.force,
      dryRun: values["dry-run"],
    });
  });
}
