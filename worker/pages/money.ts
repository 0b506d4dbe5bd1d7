/** Amounts and periods as people read them. Stripe gives amounts in the smallest unit of its own lists. */

/** docs.stripe.com/currencies: these have no smaller unit … */
const ZERO_DECIMAL = new Set("BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF".split(" "));
/** … these have thousandths. All others have hundredths, ISK and UGX too, though nobody writes them. */
const THREE_DECIMAL = new Set("BHD JOD KWD OMR TND".split(" "));

/** @param amount in Stripe's smallest unit; `null`: Stripe alone knows it */
export function amountInWords(amount: number | null, currency: string): string {
  if (amount === null) return "the price Stripe shows";
  const code = currency.toUpperCase();
  const digits = ZERO_DECIMAL.has(code) ? 0 : THREE_DECIMAL.has(code) ? 3 : 2;
  const value = amount / 10 ** digits;
  // As the currency is written, unless that would hide a part of the price.
  const usual = new Intl.NumberFormat("en", { style: "currency", currency: code }).resolvedOptions();
  const least = Math.min(usual.minimumFractionDigits ?? 2, digits);
  return new Intl.NumberFormat("en", {
    style: "currency",
    currency: code,
    minimumFractionDigits: Number.isInteger(value) ? least : Math.max(least, Math.min(2, digits)),
    maximumFractionDigits: digits,
  }).format(value);
}

/** "a month", "every 3 months" */
export function periodInWords(interval: string, count: number): string {
  return count === 1 ? `a ${interval}` : `every ${count} ${interval}s`;
}
