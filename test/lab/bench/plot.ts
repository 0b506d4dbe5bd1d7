/** A plain line plot as SVG: CPU per call over a growing number. */
import type { Growth } from "./growth.ts";

const WIDTH = 560;
const HEIGHT = 260;
const LEFT = 60;
const BOTTOM = 40;

/** Points stand at equal distances: the numbers grow by factors. */
export function plot({ axis, points }: Growth): string {
  const top = Math.max(...points.map((p) => p.cpu_us)) * 1.2;
  const x = (i: number): number => LEFT + ((WIDTH - LEFT - 40) * i) / Math.max(1, points.length - 1);
  const y = (value: number): number => HEIGHT - BOTTOM - ((HEIGHT - BOTTOM - 20) * value) / top;
  const line = points.map((p, i) => `${x(i).toFixed(1)},${y(p.cpu_us).toFixed(1)}`).join(" ");
  const marks = points.map(
    (p, i) =>
      `<circle cx="${x(i).toFixed(1)}" cy="${y(p.cpu_us).toFixed(1)}" r="3"/>` +
      `<text x="${x(i).toFixed(1)}" y="${(y(p.cpu_us) - 10).toFixed(1)}" text-anchor="middle">${Math.round(p.cpu_us)}</text>` +
      `<text x="${x(i).toFixed(1)}" y="${HEIGHT - BOTTOM + 18}" text-anchor="middle">${p.x.toLocaleString("en")}</text>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12" fill="#444">
<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>
<line x1="${LEFT}" y1="${HEIGHT - BOTTOM}" x2="${WIDTH - 20}" y2="${HEIGHT - BOTTOM}" stroke="#999"/>
<line x1="${LEFT}" y1="20" x2="${LEFT}" y2="${HEIGHT - BOTTOM}" stroke="#999"/>
<polyline points="${line}" fill="none" stroke="#2b6cb0" stroke-width="2"/>
${marks.join("\n")}
<text x="${WIDTH / 2}" y="${HEIGHT - 6}" text-anchor="middle">${axis}</text>
<text x="16" y="${HEIGHT / 2}" text-anchor="middle" transform="rotate(-90 16 ${HEIGHT / 2})">CPU of a tools/call, µs</text>
</svg>
`;
}
