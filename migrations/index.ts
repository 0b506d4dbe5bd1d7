/** The shape of a user's database over time. Append only: a released file never changes. */
import initial from "./0001-initial.sql";
import sessions from "./0002-sessions.sql";
import tasks from "./0003-tasks.sql";

export interface Migration {
  /** Position, from 1 without gaps; the number the file name begins with. */
  id: number;
  name: string;
  sql: string;
}

export const MIGRATIONS: readonly Migration[] = [
  { id: 1, name: "initial", sql: initial },
  { id: 2, name: "sessions", sql: sessions },
  { id: 3, name: "tasks", sql: tasks },
];
