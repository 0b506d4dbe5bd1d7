/** The limit's promise, judged from outside: no 60 seconds with more than the limit, and no refusal without need. */

export const WINDOW_MS = 60_000;
/** A Worker's clock stands still between I/O, so what it read may be a little older than what we did. */
const CLOCK_SLACK_MS = 50;

/**
 * Positions of admissions that had `limit` or more within the window before them.
 * @param times_ms times of admitted requests, in the order of admission
 */
export function overAdmitted(times_ms: readonly number[], limit: number): number[] {
  return times_ms.flatMap((t_ms, i) => {
    const blocking_ms = times_ms[i - limit];
    return blocking_ms !== undefined && blocking_ms > t_ms - WINDOW_MS ? [i] : [];
  });
}

export interface Span {
  sent_ms: number;
  ended_ms: number;
}

/**
 * The most admitted requests that were sent and answered within one window. Each was admitted in between, so more
 * than the limit proves an over-admission, whatever the journal says.
 */
export function mostWithin(admitted: readonly Span[]): number {
  const spans = admitted.toSorted((a, b) => a.sent_ms - b.sent_ms);
  let most = 0;
  for (const [i, { sent_ms }] of spans.entries()) {
    let inside = 0;
    for (let k = i; k < spans.length; k++) {
      const span = spans[k];
      if (span === undefined || span.sent_ms >= sent_ms + WINDOW_MS) break;
      if (span.ended_ms < sent_ms + WINDOW_MS - CLOCK_SLACK_MS) inside++;
    }
    most = Math.max(most, inside);
  }
  return most;
}

/**
 * Refusals at whose every possible moment the window had room.
 * @param times_ms times of admitted requests, ascending
 */
export function needlessRefusals<T extends Span>(
  refused: readonly T[],
  times_ms: readonly number[],
  limit: number,
): T[] {
  return refused.filter(({ sent_ms, ended_ms }) => {
    const from_ms = sent_ms - WINDOW_MS - CLOCK_SLACK_MS;
    return countAfter(times_ms, from_ms) - countAfter(times_ms, ended_ms + CLOCK_SLACK_MS) < limit;
  });
}

/** How many of the ascending times are after a moment. */
function countAfter(times_ms: readonly number[], moment_ms: number): number {
  let [low, high] = [0, times_ms.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times_ms[middle] ?? 0) > moment_ms) high = middle;
    else low = middle + 1;
  }
  return times_ms.length - low;
}
