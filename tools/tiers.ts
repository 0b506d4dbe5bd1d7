/** The two plans. A premium tool is refused on the free tier before ClickUp is reached. */
export type Tier = "free" | "premium";

/** True when `held` includes what `needed` asks for. */
export function tierAllows(held: Tier, needed: Tier): boolean {
  return needed === "free" || held === "premium";
}
