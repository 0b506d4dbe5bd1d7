/** GET /health of a deployment. */
export interface Health {
  /** `degraded`: it serves, but nothing can be bought, or Stripe does not reach it. */
  status: "healthy" | "degraded" | "misconfigured";
  environment: string;
  version: string;
  /** Cloudflare's id of the version that answers. */
  deployment?: string | null;
  timestamp: string;
  misconfigured?: string[];
  billing?: {
    state: string;
    api: string;
    webhook: string;
    /** What is wrong or worth knowing at Stripe, with what to do. */
    problems?: { kind: string; todo: string }[];
  };
}

const TIMEOUT_MS = 10_000;

/** @returns the answer, or why there is none */
export async function readHealth(
  origin: string,
): Promise<{ ok: true; health: Health } | { ok: false; why: string }> {
  try {
    const response = await fetch(`${origin}/health`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (response.status !== 200) return { ok: false, why: `${origin}/health answered ${response.status}` };
    return { ok: true, health: (await response.json()) as Health };
  } catch (error) {
    return { ok: false, why: `${origin}/health: ${error instanceof Error ? error.message : String(error)}` };
  }
}

/** Its state in words, with what is wrong. */
export function inWords({ status, misconfigured, billing }: Health): string {
  if (status === "misconfigured") return `misconfigured: ${(misconfigured ?? []).join(", ")}`;
  if (status !== "degraded" || billing === undefined) return status;
  return `degraded: billing ${billing.state}, Stripe's API ${billing.api}, webhook ${billing.webhook}`;
}

/** True when it serves. Billing that is not in order is no reason to take a version back: another one has it, too. */
export function serves({ status }: Health): boolean {
  return status === "healthy" || status === "degraded";
}

/**
 * Waits until the deployment serves.
 * @param version Cloudflare's id of the version that has to answer; any, unless given
 * @returns what was last seen
 */
export async function waitHealthy(
  origin: string,
  patience_ms: number,
  version?: string,
): Promise<{ ok: boolean; said: string }> {
  const deadline_ms = Date.now() + patience_ms;
  for (;;) {
    const read = await readHealth(origin);
    let said = read.ok ? inWords(read.health) : read.why;
    if (read.ok && serves(read.health)) {
      const { deployment = null } = read.health;
      if (version === undefined || deployment === version) return { ok: true, said };
      said = `${origin} still answers with version ${deployment ?? "unknown"}, not ${version}`;
    }
    if (Date.now() >= deadline_ms) return { ok: false, said };
    await new Promise((resolve) => setTimeout(resolve, Math.min(2_000, patience_ms)));
  }
}
