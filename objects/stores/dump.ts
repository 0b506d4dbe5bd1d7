/** Columns whose value opens something; a copy of a person's data holds a mark instead. */
const SECRET_COLUMNS = new Set(["envelope", "session_id"]);
const PAGE_ROWS = 100;

/** Reads every table of the user's database, for the copy of their data. New tables are in it by themselves. */
export class DumpStore {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** Our tables and those of packages; the platform's own are not readable. */
  tables(): string[] {
    return this.#sql
      .exec<{ name: string }>(
        `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
         AND name NOT LIKE '\\_cf\\_%' ESCAPE '\\' ORDER BY name`,
      )
      .toArray()
      .map(({ name }) => name);
  }

  /** Rows from `offset` on, at most a hundred; empty at the end. `table` is one of `tables()`. */
  rows(table: string, offset: number): Record<string, unknown>[] {
    return this.#sql
      .exec(`SELECT * FROM "${table.replaceAll('"', '""')}" LIMIT ${PAGE_ROWS} OFFSET ?`, offset)
      .toArray()
      .map((row) =>
        Object.fromEntries(
          Object.entries(row).map(([name, value]) => [name, SECRET_COLUMNS.has(name) ? "(secret)" : value]),
        ),
      );
  }
}
