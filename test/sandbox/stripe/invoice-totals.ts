import type { DiscountRecord, InvoiceRecord } from "./records.ts";
import type { World } from "./world.ts";

/** Sums the lines, takes the discounts off, and sets every total of a draft. */
export function computeTotals(world: World, invoice: InvoiceRecord): void {
  const subtotal = invoice.lines.data.reduce((sum, line) => sum + line.amount, 0);
  let left = Math.max(0, subtotal);
  const discounts: { amount: number; discount: string }[] = [];
  for (const id of invoice.discounts) {
    const discount = world.data.discounts[id];
    if (discount === undefined) continue;
    const amount = Math.min(left, discountOf(world, discount, left));
    left -= amount;
    discounts.push({ amount, discount: id });
  }
  invoice.subtotal = subtotal;
  invoice.subtotal_excluding_tax = subtotal;
  invoice.total = subtotal < 0 ? subtotal : left;
  invoice.total_excluding_tax = invoice.total;
  invoice.total_discount_amounts = discounts;
  invoice.total_pretax_credit_amounts = discounts.map(({ amount, discount }) => ({
    amount,
    discount,
    type: "discount",
  }));
  invoice.amount_due = Math.max(0, invoice.total);
  invoice.amount_remaining = invoice.amount_due - invoice.amount_paid;
}

/** What a discount takes off `amount`, in the smallest unit of the currency. */
function discountOf(world: World, discount: DiscountRecord, amount: number): number {
  return couponAmount(world.data.coupons[discount.source.coupon], amount);
}

export function couponAmount(
  coupon: { percent_off: number | null; amount_off: number | null } | undefined,
  amount: number,
): number {
  if (coupon === undefined) return 0;
  if (coupon.percent_off !== null) return Math.round((amount * coupon.percent_off) / 100);
  return Math.min(amount, coupon.amount_off ?? 0);
}
