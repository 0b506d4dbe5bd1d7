/** The shape of a user's database over time. Append only: a released file never changes. */
import initial from "./0001-initial.sql";
import sessions from "./0002-sessions.sql";
import tasks from "./0003-tasks.sql";
import accountPage from "./0004-account-page.sql";
import billing from "./0005-billing.sql";
import billingAsStripeHasIt from "./0006-billing-as-stripe-has-it.sql";

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
  { id: 4, name: "account-page", sql: accountPage },
  { id: 5, name: "billing", sql: billing },
  { id: 6, name: "billing-as-stripe-has-it", sql: billingAsStripeHasIt },
];
