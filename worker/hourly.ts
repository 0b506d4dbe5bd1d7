/** The Cron Trigger: jobs of the server itself. One that fails does not keep the others from running. */
import { lookAtStripe } from "./billing/contact.ts";
import { loadConfig, type Bindings } from "./env.ts";
import { logIncident } from "./log.ts";
import { purgeOAuthData } from "./oauth/purge.ts";

const JOBS: Readonly<Record<string, (env: Bindings) => Promise<unknown>>> = {
  purge_oauth: purgeOAuthData,
  stripe_contact: async (env) => {
    const result = loadConfig(env);
    if (result.ok && result.config.billing !== null) {
      await lookAtStripe(env, result.config, result.config.billing);
    }
  },
};

/** @throws Error that names the jobs that failed, after all have ended: the platform's list of runs shows it */
export async function hourly(env: Bindings): Promise<void> {
  const failed: string[] = [];
  await Promise.all(
    Object.entries(JOBS).map(([name, job]) =>
      job(env).catch((error: unknown) => {
        logIncident(error, { during: `hourly ${name}` });
        failed.push(name);
      }),
    ),
  );
  if (failed.length > 0) throw new Error(`hourly jobs failed: ${failed.join(", ")}`);
}
