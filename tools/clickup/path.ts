/**
 * Builds an API path from parts: path`/v2/task/${id}/comment`. Each part is one segment, encoded;
 * "." and ".." are refused because URL parsing would fold them into another operation.
 * Throws RangeError for an empty or dot part: callers pass resolved ids only.
 */
export function path(strings: TemplateStringsArray, ...parts: (string | number)[]): string {
  let out = strings[0] ?? "";
  for (const [index, part] of parts.entries()) {
    const segment = String(part);
    if (segment === "" || segment === "." || segment === "..") {
      throw new RangeError("an API path needs a plain id");
    }
    out += encodeURIComponent(segment) + (strings[index + 1] ?? "");
  }
  return out;
}
