/** `npm run admin -- billing report`: what is sold, as tables for people. */
import { amountInWords } from "../../../worker/pages/money.ts";
import { table } from "../table.ts";

/** The answer of `billing/numbers` after its pages were added up; see `Numbers` in worker/admin/subscription-numbers.ts. */
interface Totals {
  states?: Record<string, number>;
  mrr?: Record<string, number>;
  trials?: number;
  failedPayments?: number;
  ending?: number;
  churn?: { ended: number; ranBefore: number };
  cancelReasons?: Record<string, number>;
}

export function numbersInWords(value: Record<string, unknown>): string {
  const {
    states = {},
    mrr = {},
    trials = 0,
    failedPayments = 0,
    ending = 0,
    cancelReasons = {},
    churn,
  } = value as Totals;
  const { ended = 0, ranBefore = 0 } = churn ?? {};
  const share = ranBefore === 0 ? "nothing ran 30 days ago" : `${((100 * ended) / ranBefore).toFixed(1)} %`;
  const months = Object.entries(mrr).map(([currency, amount]) => amountInWords(amount, currency));
  const figures = [
    { figure: "monthly recurring revenue", value: months.join(" and ") || "none" },
    { figure: "churn of 30 days", value: `${share} (${ended} of ${ranBefore})` },
    { figure: "trials running", value: trials },
    { figure: "failed payments owed", value: failedPayments },
    { figure: "to end with their period", value: ending },
  ];
  return [
    "subscribers by state",
    counted("state", states),
    "figures",
    table(figures),
    "why people cancelled",
    counted("reason", cancelReasons),
  ].join("\n");
}

function counted(name: string, counts: Record<string, number>): string {
  const rows = Object.entries(counts).toSorted(([, a], [, b]) => b - a);
  return table(rows.map(([what, count]) => ({ [name]: what, count })));
}
