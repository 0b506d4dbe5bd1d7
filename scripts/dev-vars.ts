/** Development secrets: generated once into `.dev.vars` (ignored by git), the same at every start. */
import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";

/** Reads `KEY=value` lines; quotes around a value are dropped. */
export function parseVars(text: string): Record<string, string> {
  const vars: Record<string, string> = {};
  for (const line of text.split("\n")) {
    const match = /^\s*([A-Z][A-Z0-9_]*)\s*=\s*(.*?)\s*$/.exec(line);
    if (match?.[1] !== undefined) vars[match[1]] = (match[2] ?? "").replace(/^(["'])(.*)\1$/, "$2");
  }
  return vars;
}

/** Adds the secrets that are missing from `file`. @returns what the file holds afterwards */
export function ensureDevVars(file: string): Record<string, string> {
  const before = existsSync(file) ? readFileSync(file, "utf8") : "";
  const vars = parseVars(before);
  const missing: Record<string, string> = {};
  if (vars["ENCRYPTION_KEY"] === undefined) missing["ENCRYPTION_KEY"] = randomBytes(32).toString("base64");
  if (vars["JWT_SECRET"] === undefined) missing["JWT_SECRET"] = randomBytes(48).toString("base64url");
  const added = Object.entries(missing).map(([k, v]) => `${k}=${v}\n`);
  if (added.length > 0) {
    const head =
      before === "" ? "# Secrets of local development. Ignored by git; never use them elsewhere.\n" : before;
    writeFileSync(file, head.replace(/([^\n])$/, "$1\n") + added.join(""), { mode: 0o600 });
  }
  return { ...vars, ...missing };
}
