/** Findings as text for people. */
import { PROMISES, type Findings, type Promised } from "./check.ts";

/** Findings of one promise that are shown. */
const SHOWN = 8;

/** @returns `kept`: no promise was broken */
export function findingsText(findings: Findings): { text: string; kept: boolean } {
  const lines: string[] = [];
  let kept = true;
  for (const [promise, what] of Object.entries(PROMISES)) {
    const found = findings[promise as Promised];
    lines.push(`${promise.padEnd(26)} ${String(found.length).padEnd(6)} ${what}`);
    for (const one of found.slice(0, SHOWN)) lines.push(`${"".padEnd(33)} ${one}`);
    if (found.length > 0) kept = false;
  }
  lines.push("", kept ? "Every promise was kept." : "A promise was broken.");
  return { text: lines.join("\n"), kept };
}
