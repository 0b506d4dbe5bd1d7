/** Databases of users as older versions left them, opened by today's object. Made by `npm run upgrade -- --dump`. */
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { MIGRATIONS } from "../../migrations/index.ts";
import { migrate } from "../../objects/migrate.ts";
import { userObject, type TestUser } from "../support/users.ts";

const texts = import.meta.glob<string>("./*.sql", { query: "?raw", import: "default", eager: true });

export interface Fixture {
  /** Newest migration of the version that wrote it. */
  version: number;
  userId: string;
  /** When it was taken, ms since the epoch. */
  dumped_ms: number;
  statements: string[];
}

export const FIXTURES: readonly Fixture[] = Object.entries(texts)
  .map(([file, text]) => {
    const lines = text.trimEnd().split("\n");
    const fact = (name: string): string => {
      const found = lines.find((line) => line.startsWith(`-- ${name}: `));
      if (found === undefined) throw new Error(`${file} does not say its ${name}`);
      return found.slice(`-- ${name}: `.length);
    };
    return {
      version: Number(/(\d+)\.sql$/.exec(file)?.[1]),
      userId: fact("user"),
      dumped_ms: Number(fact("dumped_ms")),
      statements: lines.filter((line) => !line.startsWith("--")),
    };
  })
  .toSorted((a, b) => a.version - b.version);

/** Milliseconds of our times, wherever they are: in columns and inside JSON. */
const TIME = /(?<![\w-])1[6-9]\d{11}(?![\w-])/g;
/** A frozen batch is what it is: its hash is on its way. */
const FROZEN = /^INSERT INTO outbox_/;

/**
 * Puts the fixture's database in place of the user's, brought to `version` by its migrations, as if it had been left
 * `ago_ms` ago. The next call starts a life of the object on it.
 */
export async function restore(
  fixture: Fixture,
  version: number,
  ago_ms: number,
): Promise<TestUser["object"]> {
  const { userId, dumped_ms, statements } = fixture;
  const object = userObject(userId);
  const by_ms = Date.now() - ago_ms - dumped_ms;
  const shifted = statements.map((line) =>
    FROZEN.test(line) ? line : line.replaceAll(TIME, (time) => String(Number(time) + by_ms)),
  );
  await emptyBucket(`audit/${userId}/`);
  await runInDurableObject(object, async (_, state) => {
    const { storage } = state;
    await storage.deleteAll();
    const upTo = (id: number) => MIGRATIONS.filter((m) => m.id <= id);
    migrate(storage, upTo(fixture.version), dumped_ms);
    for (const statement of shifted) storage.sql.exec(statement);
    migrate(storage, upTo(version), dumped_ms);
  });
  await evictDurableObject(object);
  return object;
}

async function emptyBucket(prefix: string): Promise<void> {
  const { objects } = await env.AUDIT_LOGS.list({ prefix });
  await env.AUDIT_LOGS.delete(objects.map(({ key }) => key));
}
