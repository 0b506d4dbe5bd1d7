/** Requests a day as bars. Colours come from the style sheet, so they follow the person's light or dark. */

const WIDTH = 640;
const HEIGHT = 120;
const TOP = 1;
const BASE = HEIGHT - 1;

interface ChartProps {
  /** Oldest first; `day` is a UTC date. */
  days: { day: string; requests: number }[];
}

export function UsageChart({ days }: ChartProps) {
  const total = days.reduce((sum, { requests }) => sum + requests, 0);
  const top = niceTop(Math.max(...days.map(({ requests }) => requests), 0));
  const step = WIDTH / Math.max(1, days.length);
  const height = (requests: number) => ((BASE - TOP) * requests) / top;
  const first = days[0]?.day ?? "";
  const last = days.at(-1)?.day ?? "";
  const text = `${total} requests from ${first} to ${last}, at most ${Math.max(0, ...days.map((d) => d.requests))} in a day.`;
  return (
    <figure>
      <div class="ends" aria-hidden="true">
        <span>{top}</span>
      </div>
      <svg class="chart" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={text}>
        <line class="rule" x1="0" x2={WIDTH} y1={TOP} y2={TOP} />
        <line class="rule" x1="0" x2={WIDTH} y1={BASE} y2={BASE} />
        {days.map(({ day, requests }, i) =>
          requests === 0 ? null : (
            <rect
              class="bar"
              x={(i * step + step * 0.16).toFixed(1)}
              width={(step * 0.68).toFixed(1)}
              y={(BASE - Math.max(2, height(requests))).toFixed(1)}
              height={Math.max(2, height(requests)).toFixed(1)}
              rx="2"
            >
              <title>{`${day}: ${requests}`}</title>
            </rect>
          ),
        )}
      </svg>
      <div class="ends" aria-hidden="true">
        <span>{first}</span>
        <span>{last} (days in UTC)</span>
      </div>
      <details>
        <summary>The numbers</summary>
        <table>
          <thead>
            <tr>
              <th scope="col">Day (UTC)</th>
              <th scope="col" class="number">
                Requests
              </th>
            </tr>
          </thead>
          <tbody>
            {days.toReversed().map(({ day, requests }) => (
              <tr>
                <td>{day}</td>
                <td class="number">{requests}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </figure>
  );
}

/** A round number at or above `max`: 1, 2 or 5 times a power of ten, and at least 10. */
function niceTop(max: number): number {
  if (max <= 10) return 10;
  const power = 10 ** Math.floor(Math.log10(max));
  return [1, 2, 5, 10].map((n) => n * power).find((n) => n >= max) ?? max;
}
