/**
 * No secret gets out, whatever a test does. Every line that is logged and every answer of the Worker is looked
 * through, and after each file every user's database, R2 and KV. A file with a leak fails; what may be seen where is in
 * secrets.ts.
 */
import { env } from "cloudflare:workers";
import { runInDurableObject } from "cloudflare:test";
import { afterAll } from "vitest";
import { SANDBOX } from "../sandbox/clickup/facts.ts";
import { learn, look, register, takeLeaks } from "./secrets.ts";

const CONFIGURED = [
  "ENCRYPTION_KEY",
  "ENCRYPTION_KEYS_PREVIOUS",
  "JWT_SECRET",
  "CLICKUP_CLIENT_SECRET",
  "STRIPE_SECRET_KEY",
  "STRIPE_WEBHOOK_SECRET",
];

const vars = env as unknown as Record<string, string>;
for (const name of CONFIGURED) for (const one of (vars[name] ?? "").split(",")) learn("key", one.trim());
for (const token of Object.values(SANDBOX.tokens)) learn("clickup", token);

/** Kept until the end of the file: what was logged may be known as a secret only later. */
const MOST_LOG_CHARS = 8_000_000;
let logged_chars = 0;

for (const level of ["debug", "info", "log", "warn", "error"] as const) {
  const write = console[level].bind(console);
  console[level] = (...parts: unknown[]) => {
    const line = parts.map(textOf).join(" ");
    if (register.logs.length === 0) logged_chars = 0;
    if ((logged_chars += line.length) <= MOST_LOG_CHARS) register.logs.push(line);
    write(...parts);
  };
}

function textOf(part: unknown): string {
  if (part instanceof Error) return `${part.message} ${part.stack ?? ""} ${textOf(part.cause ?? "")}`;
  if (typeof part === "string") return part;
  try {
    return JSON.stringify(part) ?? "";
  } catch {
    return String(part);
  }
}

afterAll(async () => {
  await lookThrough();
  const leaks = takeLeaks();
  if (leaks.length > 0) throw new Error(`secrets got out:\n${leaks.join("\n")}`);
});

/** Looks through all that was logged and stored since the file began. */
export async function lookThrough(): Promise<void> {
  for (const line of register.logs) look(line, { at: "log" });
  for (const user of register.users) await lookThroughDatabase(user);
  await lookThroughBucket(env.AUDIT_LOGS);
  for (const namespace of ["OAUTH_KV", "USER_MAPPINGS"] as const) {
    await lookThroughNamespace(env[namespace], namespace);
  }
}

/** Every column of every table, read in the object. */
async function lookThroughDatabase(userId: string): Promise<void> {
  const tables = await runInDurableObject(env.USER.getByName(userId), (_, { storage: { sql } }) =>
    sql
      .exec<{ name: string }>(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf\\_%' ESCAPE '\\'",
      )
      .toArray()
      .map(({ name }) => ({
        name,
        text: sql
          .exec(`SELECT * FROM "${name}"`)
          .toArray()
          .flatMap((row) => Object.values(row))
          .map((value) => (value instanceof ArrayBuffer ? new TextDecoder().decode(value) : String(value)))
          .join("\n"),
      })),
  );
  for (const { name, text } of tables) look(text, { at: "table", table: name });
}

async function lookThroughBucket(bucket: R2Bucket): Promise<void> {
  let cursor: string | undefined;
  do {
    const page = await bucket.list(cursor === undefined ? {} : { cursor });
    for (const { key } of page.objects) {
      look(key, { at: "r2" });
      look((await (await bucket.get(key))?.text()) ?? "", { at: "r2" });
    }
    cursor = page.truncated ? page.cursor : undefined;
  } while (cursor !== undefined);
}

async function lookThroughNamespace(kv: KVNamespace, namespace: string): Promise<void> {
  let cursor: string | null = null;
  do {
    const page: KVNamespaceListResult<unknown> = await kv.list({ cursor });
    for (const { name, metadata } of page.keys) {
      look(name + JSON.stringify(metadata ?? null), { at: "kv", namespace });
      look((await kv.get(name)) ?? "", { at: "kv", namespace });
    }
    cursor = page.list_complete ? null : page.cursor;
  } while (cursor !== null);
}
