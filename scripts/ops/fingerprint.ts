/**
 * Short one-way names of keys, so that environments can be compared without knowing a key. The recorded ones are in
 * key-fingerprints.json, which belongs into version control. The Worker computes the same (`admin -- ready`).
 */
import { createHash, hkdfSync } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseVars } from "../dev-vars.ts";
import type { Environment, GENERATED_SECRETS } from "./environments.ts";
import { ROOT } from "./wrangler.ts";

export type KeyName = (typeof GENERATED_SECRETS)[number];
type Fingerprints = Partial<Record<KeyName, string>>;

const BYTES = 4;

/** @param value base64 of 32 bytes for ENCRYPTION_KEY (the result is the key id of vault envelopes), any text for JWT_SECRET */
export function fingerprint(name: KeyName, value: string): string {
  if (name === "ENCRYPTION_KEY") {
    const digest = createHash("sha256").update("kid").update(Buffer.from(value, "base64")).digest();
    return digest.subarray(0, BYTES).toString("hex");
  }
  const key = hkdfSync("sha256", value, new Uint8Array(), "clickup-mcp/fingerprint/v1", 32);
  return Buffer.from(key).subarray(0, BYTES).toString("hex");
}

export class FingerprintFile {
  readonly #path: string;
  readonly #devVars: string;

  constructor(dir = process.env["CLICKUP_MCP_CONFIG_DIR"] ?? ROOT) {
    this.#path = join(dir, "key-fingerprints.json");
    this.#devVars = join(dir, ".dev.vars");
  }

  of(environment: Environment): Fingerprints {
    return this.#read()[environment] ?? {};
  }

  record(environment: Environment, name: KeyName, value: string): void {
    const all = this.#read();
    all[environment] = { ...all[environment], [name]: fingerprint(name, value) };
    writeFileSync(this.#path, `${JSON.stringify(all, null, 2)}\n`);
  }

  /** Who else has the key of this fingerprint: another environment, or the local `.dev.vars`. */
  usedElsewhere(environment: Environment, name: KeyName, print: string): string | undefined {
    for (const [other, prints] of Object.entries(this.#read())) {
      if (other !== environment && prints[name] === print) return other;
    }
    const local = existsSync(this.#devVars)
      ? parseVars(readFileSync(this.#devVars, "utf8"))[name]
      : undefined;
    return local !== undefined && fingerprint(name, local) === print
      ? ".dev.vars (local development)"
      : undefined;
  }

  #read(): Partial<Record<Environment, Fingerprints>> {
    if (!existsSync(this.#path)) return {};
    return JSON.parse(readFileSync(this.#path, "utf8")) as Partial<Record<Environment, Fingerprints>>;
  }
}
