import { invalid } from "./errors.ts";

/**
 * What a parameter may be. A list of words is an enumeration, `[spec]` a list, an object nested fields;
 * `metadata` is a map of text, `range` a timestamp or {gt, gte, lt, lte}.
 */
type Spec =
  | "string"
  | "int"
  | "number"
  | "bool"
  | "time"
  | "metadata"
  | "range"
  | "any"
  | { readonly oneOf: readonly string[] }
  | readonly [Spec]
  | Fields;

/** Fields by name; a name that ends in "!" is required. */
export interface Fields {
  readonly [name: string]: Spec;
}

/** Checked parameters. A parameter sent empty is null, which clears. */
export type Params = Record<string, unknown>;

/** Checks and converts what was sent. Throws 400 parameter_unknown, parameter_missing or parameter_invalid_…. */
export function checkParams(sent: Record<string, unknown>, fields: Fields, at = ""): Params {
  const specs = new Map<string, Spec>();
  for (const [name, spec] of Object.entries(fields)) specs.set(name.replace(/!$/, ""), spec);
  const checked: Params = {};
  for (const [name, value] of Object.entries(sent)) {
    const full = at === "" ? name : `${at}[${name}]`;
    const spec = specs.get(name);
    if (spec === undefined) throw invalid(`Received unknown parameter: ${full}`, full, "parameter_unknown");
    checked[name] = convert(value, spec, full);
  }
  for (const name of Object.keys(fields)) {
    if (!name.endsWith("!")) continue;
    const bare = name.slice(0, -1);
    if (checked[bare] !== undefined && checked[bare] !== null) continue;
    const full = at === "" ? bare : `${at}[${bare}]`;
    throw invalid(`Missing required param: ${full}.`, full, "parameter_missing");
  }
  return checked;
}

function convert(value: unknown, spec: Spec, name: string): unknown {
  if (spec === "any") return value;
  if (value === "" || value === null) return null;
  if (spec === "metadata") return metadataOf(value, name);
  if (spec === "range") return rangeOf(value, name);
  if (typeof spec === "string") return scalar(value, spec, name);
  if (Array.isArray(spec)) {
    const items = Array.isArray(value) ? value : undefined;
    if (items === undefined) throw invalid(`Invalid array`, name);
    return items.map((item, index) => convert(item, spec[0] as Spec, `${name}[${index}]`));
  }
  if ("oneOf" in spec && Array.isArray(spec.oneOf)) return choice(value, spec.oneOf as string[], name);
  if (typeof value !== "object" || Array.isArray(value)) throw invalid("Invalid object", name);
  return checkParams(value as Record<string, unknown>, spec as Fields, name);
}

function scalar(value: unknown, kind: "string" | "int" | "number" | "bool" | "time", name: string): unknown {
  if (typeof value !== "string" && typeof value !== "number" && typeof value !== "boolean") {
    throw invalid(`Invalid ${kind === "bool" ? "boolean" : kind}`, name);
  }
  const text = String(value);
  if (kind === "string") return text;
  if (kind === "bool") {
    if (text === "true" || text === "false") return text === "true";
    throw invalid(`Invalid boolean: ${text}`, name);
  }
  if (kind === "time" && text === "now") return "now";
  const number = Number(text);
  const fits = kind === "number" ? Number.isFinite(number) : Number.isSafeInteger(number);
  if (!fits) throw invalid(`Invalid integer: ${text}`, name, "parameter_invalid_integer");
  return number;
}

function choice(value: unknown, words: string[], name: string): string {
  if (typeof value === "string" && words.includes(value)) return value;
  throw invalid(`Invalid ${name}: must be one of ${words.join(", ")}`, name);
}

function metadataOf(value: unknown, name: string): Record<string, string> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw invalid("Invalid object", name);
  const entries = Object.entries(value);
  for (const [key, item] of entries) {
    if (typeof item === "object") throw invalid(`Metadata values must be strings`, `${name}[${key}]`);
    if (key.length > 40) throw invalid("Metadata keys can have up to 40 characters", name);
    if (String(item).length > 500) throw invalid("Metadata values can have up to 500 characters", name);
  }
  if (entries.length > 50) throw invalid("You can have up to 50 metadata keys", name);
  return Object.fromEntries(entries.map(([key, item]) => [key, String(item ?? "")]));
}

function rangeOf(value: unknown, name: string): Record<string, number> {
  if (typeof value !== "object" || value === null) {
    const at = scalar(value, "int", name) as number;
    return { gte: at, lte: at };
  }
  return checkParams(value as Record<string, unknown>, {
    gt: "int",
    gte: "int",
    lt: "int",
    lte: "int",
  }) as Record<string, number>;
}

/** Readers of checked parameters: undefined when the parameter was not sent or was sent empty. */
export function text(params: Params, name: string): string | undefined {
  const value = params[name];
  return typeof value === "string" ? value : undefined;
}

export function int(params: Params, name: string): number | undefined {
  const value = params[name];
  return typeof value === "number" ? value : undefined;
}

export function flag(params: Params, name: string): boolean | undefined {
  const value = params[name];
  return typeof value === "boolean" ? value : undefined;
}

export function fieldsOf(params: Params, name: string): Params | undefined {
  const value = params[name];
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Params) : undefined;
}

export function listOf<T = Params>(params: Params, name: string): T[] | undefined {
  const value = params[name];
  return Array.isArray(value) ? (value as T[]) : undefined;
}

/** Merges sent metadata: an empty value removes its key, metadata sent empty removes all. */
export function mergeMetadata(current: Record<string, string>, params: Params): Record<string, string> {
  if (params.metadata === undefined) return current;
  if (params.metadata === null) return {};
  const merged = { ...current, ...(params.metadata as Record<string, string>) };
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== ""));
}
