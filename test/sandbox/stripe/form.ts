import { invalid } from "./errors.ts";

/** A decoded parameter: text, a list, or fields by name. */
type FormValue = string | FormValue[] | { [name: string]: FormValue };
export type Form = { [name: string]: FormValue };

/**
 * Decodes Stripe's form encoding, e.g. `items[0][price]=x`, `expand[]=a` or `metadata[k]=v`.
 * Keys that are all numbers, or empty brackets, make a list. Throws 400 for a name that is both text and fields.
 */
export function decodeForm(encoded: URLSearchParams): Form {
  const root = emptyForm();
  for (const [name, value] of encoded) {
    const first = /^[^[\]]+/.exec(name)?.[0];
    if (first === undefined) throw invalid(`Invalid parameter name: ${name}`);
    const rest = [...name.slice(first.length).matchAll(/\[([^\]]*)\]/g)].map((match) => match[1] ?? "");
    place(root, [first, ...rest], value, name);
  }
  return toLists(root) as Form;
}

/** Without a prototype: a parameter may have any name. */
function emptyForm(): Form {
  return Object.create(null) as Form;
}

function place(target: Form, path: string[], value: string, name: string): void {
  let at = target;
  for (const [index, part] of path.entries()) {
    const key = part === "" ? String(Object.keys(at).length) : part;
    if (index === path.length - 1) {
      at[key] = value;
      return;
    }
    const next = (at[key] ??= emptyForm());
    if (typeof next === "string") throw invalid(`Invalid parameter: ${name}`, name);
    at = next as Form;
  }
}

function toLists(value: FormValue): FormValue {
  if (typeof value === "string" || Array.isArray(value)) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, toLists(item)] as const);
  if (entries.length > 0 && entries.every(([key]) => /^\d+$/.test(key))) {
    return entries.sort(([a], [b]) => Number(a) - Number(b)).map(([, item]) => item);
  }
  return Object.fromEntries(entries);
}
