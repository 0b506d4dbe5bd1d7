/** A user's database as SQL: its rows, and the tables that no migration makes. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { databaseFile } from "../proof/databases.ts";

type Row = Record<string, string | number | bigint | null>;

/** Made by the runtime, not by us. */
const RUNTIME = /^(_cf_|sqlite_)/;

/**
 * Writes `NNNN.sql`, named for the newest migration of the database. Each statement is on a line of its own.
 * @returns the file
 */
export function dumpDatabase(
  stateDir: string,
  userId: string,
  folder: string,
  about: Record<string, string>,
): string {
  const database = new DatabaseSync(databaseFile(stateDir, userId));
  try {
    const all = (query: string): Row[] => database.prepare(query).all() as Row[];
    const version = Number(all("SELECT max(id) AS id FROM _migrations")[0]?.["id"]);
    const tables = all("SELECT name, sql FROM sqlite_master WHERE type = 'table' ORDER BY rowid")
      .map(({ name, sql }) => ({ name: String(name), sql: String(sql) }))
      .filter(({ name }) => !RUNTIME.test(name) && name !== "_migrations");
    const facts = { user: userId, dumped_ms: String(Date.now()), ...about };
    const lines = [
      ...Object.entries(facts).map(([name, value]) => `-- ${name}: ${value}`),
      ...tables.flatMap(({ name, sql }) => [
        // Only the tables of packages are made here; ours are made by the migrations.
        ...(name.startsWith("cf_agents_") ? [`${sql.replaceAll(/\s+/g, " ")};`] : [`DELETE FROM ${name};`]),
        ...all(`SELECT * FROM ${name}`).map((row) => insert(name, row)),
      ]),
    ];
    const broken = lines.find((line) => line.includes("\n"));
    if (broken !== undefined) throw new Error(`a value with a line break: ${broken.slice(0, 80)}`);
    const file = join(folder, `${String(version).padStart(4, "0")}.sql`);
    writeFileSync(file, `${lines.join("\n")}\n`);
    return file;
  } finally {
    database.close();
  }
}

function insert(table: string, row: Row): string {
  const values = Object.values(row).map((value) =>
    typeof value === "string" ? `'${value.replaceAll("'", "''")}'` : String(value ?? "NULL"),
  );
  return `INSERT INTO ${table} (${Object.keys(row).join(", ")}) VALUES (${values.join(", ")});`;
}
