/** GET /health of a deployment. */
export interface Health {
  status: string;
  environment: string;
  version: string;
  timestamp: string;
  misconfigured?: string[];
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

/** Waits until the deployment is healthy. @returns why it is not, or undefined */
export async function waitHealthy(origin: string, patience_ms: number): Promise<string | undefined> {
  const deadline_ms = Date.now() + patience_ms;
  for (;;) {
    const read = await readHealth(origin);
    if (read.ok && read.health.status === "healthy") return undefined;
    const why = read.ok ? `misconfigured: ${(read.health.misconfigured ?? []).join(", ")}` : read.why;
    if (Date.now() >= deadline_ms) return why;
    await new Promise((resolve) => setTimeout(resolve, 2_000));
  }
}
