import type { PriceRecord } from "./records.ts";

/** Unix seconds of the end of a period that starts at `start`; month ends are kept, as Stripe keeps the anchor's day. */
export function periodEnd(start: number, price: PriceRecord, anchor: number = start): number {
  const count = price.recurring?.interval_count ?? 1;
  const interval = price.recurring?.interval as "day" | "week" | "month" | "year" | undefined;
  switch (interval) {
    case "day":
      return start + count * 86_400;
    case "week":
      return start + count * 7 * 86_400;
    case "year":
      return addMonths(start, 12 * count, anchor);
    case "month":
    case undefined:
      return addMonths(start, count, anchor);
  }
}

function addMonths(start: number, months: number, anchor: number): number {
  const from = new Date(start * 1000);
  const day = new Date(anchor * 1000).getUTCDate();
  const first = new Date(from);
  first.setUTCDate(1);
  first.setUTCMonth(first.getUTCMonth() + months);
  const lastDay = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate();
  first.setUTCDate(Math.min(day, lastDay));
  return Math.floor(first.getTime() / 1000);
}
