/** Looks for secrets where none may be: in what a stack on this machine logged, and in the files it left. */
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { parseVars } from "./dev-vars.ts";
import type { Stack } from "./stack.ts";

/** Secrets among the Worker's variables; the rest is addresses and limits. */
const SECRET_VARS = /^(ENCRYPTION_KEY|ENCRYPTION_KEYS_PREVIOUS|JWT_SECRET.*|.*_SECRET|STRIPE_SECRET_KEY)$/;
/** `worker.env` hands the secrets to the Worker; `sandbox/` is ClickUp's and Stripe's side of the world. */
const NOT_OURS = /^(worker\.env$|sandbox\/)/;

/**
 * @param log lines of the Worker's output
 * @param secrets tokens that were used, besides the stack's own keys
 * @returns where something was found, without the secret; and how many files were looked through
 */
export function scanForSecrets(
  stack: Pick<Stack, "dataDir">,
  log: readonly string[],
  secrets: readonly string[],
): { found: string[]; files: number } {
  const vars = parseVars(readFileSync(join(stack.dataDir, "worker.env"), "utf8"));
  const own = Object.entries(vars).flatMap(([name, value]) =>
    SECRET_VARS.test(name) ? value.split(",") : [],
  );
  const wanted = [...new Set([...own, ...secrets])].filter((secret) => secret.length >= 12);
  const files = readdirSync(stack.dataDir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !NOT_OURS.test(relative(stack.dataDir, path)));
  const inLog = log.flatMap((line, i) =>
    wanted.flatMap((one) => (line.includes(one) ? [`log line ${i + 1}`] : [])),
  );
  const inFiles = files.flatMap((path) => {
    const bytes = readFileSync(path);
    return wanted.flatMap((one) => (bytes.includes(one) ? [relative(stack.dataDir, path)] : []));
  });
  return { found: [...new Set([...inLog, ...inFiles])], files: files.length };
}
