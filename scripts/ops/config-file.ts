/** wrangler.jsonc as far as the scripts read and write it. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { applyEdits, modify, parse, type ParseError, printParseErrorCode } from "jsonc-parser";
import type { Environment } from "./environments.ts";
import { OperatorError } from "./operator-error.ts";
import { ROOT } from "./wrangler.ts";

export interface Section {
  vars: Record<string, string>;
  kv_namespaces: { binding: string; id?: string }[];
  r2_buckets: { binding: string; bucket_name: string }[];
}

interface File extends Section {
  migrations: { tag: string }[];
  env: Record<string, Section>;
}

export class ConfigFile {
  readonly #path: string;

  constructor(path = join(process.env["CLICKUP_MCP_CONFIG_DIR"] ?? ROOT, "wrangler.jsonc")) {
    this.#path = path;
  }

  section(environment: Environment): Section {
    const file = this.#read();
    if (environment === "development") return file;
    const section = file.env[environment];
    if (section === undefined) throw new OperatorError(`wrangler.jsonc has no environment ${environment}.`);
    return section;
  }

  /** Tag of the newest migration of the Durable Object classes. */
  classTag(): string {
    return this.#read().migrations.at(-1)?.tag ?? "none";
  }

  kvId(environment: Environment, binding: string): string | undefined {
    return this.section(environment).kv_namespaces.find((n) => n.binding === binding)?.id;
  }

  /** @returns true when the file was changed */
  setKvId(environment: Environment, binding: string, id: string): boolean {
    if (this.kvId(environment, binding) === id) return false;
    const index = this.section(environment).kv_namespaces.findIndex((n) => n.binding === binding);
    if (index < 0) throw new OperatorError(`wrangler.jsonc has no KV binding ${binding} for ${environment}.`);
    const top = environment === "development" ? [] : ["env", environment];
    const text = readFileSync(this.#path, "utf8");
    const edits = modify(text, [...top, "kv_namespaces", index, "id"], id, {});
    // Without formatting, which would lay out the whole array anew, a member is added right behind its comma.
    const spaced = edits.map((edit) => ({ ...edit, content: edit.content.replace(/^,(?=")/, ", ") }));
    writeFileSync(this.#path, applyEdits(text, spaced));
    return true;
  }

  bucket(environment: Environment): string {
    const bucket = this.section(environment).r2_buckets.find((b) => b.binding === "AUDIT_LOGS")?.bucket_name;
    if (bucket === undefined) throw new OperatorError(`wrangler.jsonc has no AUDIT_LOGS for ${environment}.`);
    return bucket;
  }

  /** The origin people reach the environment at. @throws OperatorError while it is the example's */
  publicUrl(environment: Environment): URL {
    const value = this.section(environment).vars["PUBLIC_URL"] ?? "";
    if (!URL.canParse(value) || new URL(value).hostname.endsWith("example.com")) {
      throw new OperatorError(
        `PUBLIC_URL of ${environment} is "${value}". Set it in wrangler.jsonc to the origin people will use, such as https://mcp.your-domain.org; changing it later signs everyone out.`,
      );
    }
    return new URL(value);
  }

  #read(): File {
    const text = readFileSync(this.#path, "utf8");
    const errors: ParseError[] = [];
    const file = parse(text, errors, { allowTrailingComma: true }) as File;
    if (errors[0] === undefined) return file;
    const line = text.slice(0, errors[0].offset).split("\n").length;
    const why = `${printParseErrorCode(errors[0].error)} in line ${line}`;
    throw new OperatorError(`wrangler.jsonc cannot be read: ${why}`);
  }
}
