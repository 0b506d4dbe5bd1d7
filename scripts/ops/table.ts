/** Plain text for people: tables with aligned columns, and nested facts as indented lines. */

type Row = Record<string, unknown>;

/** One line a row under a line of names. Columns that are empty everywhere are left out. */
export function table(rows: readonly Row[], columns?: readonly string[]): string {
  if (rows.length === 0) return "  none";
  const names = columns ?? [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const used = names.filter((name) => rows.some((row) => cell(name, row[name]) !== ""));
  const cells = [used, ...rows.map((row) => used.map((name) => cell(name, row[name])))];
  const widths = used.map((_, i) => Math.max(...cells.map((line) => (line[i] ?? "").length)));
  return cells
    .map((line) => `  ${line.map((text, i) => text.padEnd(widths[i] ?? 0)).join("  ")}`.trimEnd())
    .join("\n");
}

/** Facts as `name  value` lines; lists of objects become tables below their name. */
export function facts(value: Row, indent = ""): string {
  const plain = Object.entries(value).filter(([, v]) => !isNested(v));
  const nested = Object.entries(value).filter(([, v]) => isNested(v));
  const width = Math.max(0, ...plain.map(([name]) => name.length));
  const lines = plain.map(([name, v]) => `${indent}${name.padEnd(width)}  ${cell(name, v)}`);
  for (const [name, v] of nested) {
    lines.push(`${indent}${name}`);
    if (!Array.isArray(v)) lines.push(facts(v as Row, `${indent}  `));
    else lines.push(table(v as Row[]).replaceAll(/^/gm, indent));
  }
  return lines.join("\n");
}

function isNested(value: unknown): boolean {
  if (Array.isArray(value)) return value.some((item) => typeof item === "object" && item !== null);
  return typeof value === "object" && value !== null;
}

function cell(name: string, value: unknown): string {
  if (value === null || value === undefined) return "";
  // A moment; durations are small numbers under the same ending.
  if (name.endsWith("_ms") && typeof value === "number" && value > 1e11) {
    return new Date(value).toISOString().replace(/\.\d+Z$/, "Z");
  }
  if (Array.isArray(value)) return value.length === 0 ? "" : value.map((item) => cell("", item)).join(", ");
  return typeof value === "string" ? value : JSON.stringify(value);
}
