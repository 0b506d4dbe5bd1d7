/**
 * Reading ClickUp's JSON without rejecting a valid answer: a field that is missing, null or of another
 * type is simply absent. (ClickUp's own examples break its published schemas in many places.)
 */

export type Json = Record<string, unknown>;

/** The value as an object; an empty one for anything else. */
export function record(value: unknown): Json {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

/** A string, or a finite number as a string: ids come as both. */
export function text(value: unknown): string | undefined {
  if (typeof value === "string") {
    return value;
  }
  return typeof value === "number" && Number.isFinite(value) ? String(value) : undefined;
}

/** A string with something in it. */
export function words(value: unknown): string | undefined {
  const found = text(value);
  return found === undefined || found.trim() === "" ? undefined : found;
}

/** A web address. Clients make links of these: what runs in a page or reads a disk is none. */
export function webAddress(value: unknown): string | undefined {
  const found = words(value);
  return found !== undefined && /^https?:\/\//i.test(found) ? found : undefined;
}

/** A finite number, also when it comes as a string: dates and estimates come as both. */
export function num(value: unknown): number | undefined {
  if (typeof value === "number") {
    return Number.isFinite(value) ? value : undefined;
  }
  if (typeof value !== "string" || value.trim() === "") {
    return undefined;
  }
  const parsed = Number(value);
  return Number.isFinite(parsed) ? parsed : undefined;
}

export function flag(value: unknown): boolean | undefined {
  return typeof value === "boolean" ? value : undefined;
}

/** The objects of an array through `read`; what `read` answers with undefined is left out. */
export function items<T>(value: unknown, read: (item: Json) => T | undefined): T[] {
  if (!Array.isArray(value)) {
    return [];
  }
  return value.flatMap((item: unknown) => {
    const one = read(record(item));
    return one === undefined ? [] : [one];
  });
}

/** `{ [name]: value }`, or nothing when the value is undefined: keeps absent fields absent. */
export function present<K extends string, V>(name: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : ({ [name]: value } as { [P in K]?: V });
}
