/** Strange values, and what becomes of good ones when they are changed a little. */
import fc from "fast-check";
import { INJECTIONS } from "../corpus/injections.ts";
import { withBytes, type Case } from "./case.ts";

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Texts that break things, and ordinary ones. */
export const strangeText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    "",
    " ",
    "0",
    "-1",
    "null",
    "undefined",
    "NaN",
    "true",
    "__proto__",
    "constructor",
    "toString",
    "../..",
    "%00",
    "%",
    "%E0%A4%A",
  ),
  fc.constantFrom(...INJECTIONS.map(({ text }) => text)),
  fc.string({ maxLength: 30 }),
  fc.string({ unit: "binary", maxLength: 20 }),
  fc.constantFrom(100, 1_000, 20_000).map((n) => "x".repeat(n)),
  fc.constantFrom(
    "2026-02-30",
    "9999-12-31",
    "-271821-04-20",
    "1e309",
    "99999999999999999999",
    "18446744073709551616",
  ),
);

/** Printable ASCII: what a header takes. */
export const headerText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: "grapheme-ascii", maxLength: 40 }),
  fc.constantFrom(
    "",
    ",",
    ";",
    "=",
    "*",
    "null",
    "a,b,,c",
    '"',
    "\\",
    "é",
    "ÿÿ",
    "x".repeat(8_000),
    "a=b; ".repeat(500),
  ),
  strangeText,
);

const strangeNumber = fc.constantFrom(
  0,
  -0,
  -1,
  0.5,
  1e21,
  2 ** 31,
  2 ** 53,
  -(2 ** 53),
  1e308,
  5e-324,
  1_700_000_000_000,
);

export const strangeJson: fc.Arbitrary<Json> = fc.oneof(
  { depthSize: "small" },
  fc.constantFrom<Json>(null, true, false, [], {}, [[]], [null], { "": "" }),
  strangeNumber,
  strangeText,
  fc.constantFrom(50, 500, 2_000).map((depth) => nested(depth)),
  fc.constantFrom(100, 1_000).map((n) => Array.from({ length: n }, (_, i) => i)),
  fc.dictionary(
    fc.constantFrom("__proto__", "constructor", "toJSON", "then", "length", "a"),
    fc.constantFrom<Json>(1, "x", {}),
    { maxKeys: 3 },
  ),
);

function nested(depth: number): Json {
  let value: Json = "deep";
  for (let i = 0; i < depth; i++) value = i % 2 === 0 ? [value] : { a: value };
  return value;
}

type Change =
  | { how: "delete" | "wrap" | "repeat"; at: number }
  | { how: "replace"; at: number; by: Json }
  | { how: "rename" | "add"; at: number; key: string; by: Json };

const change: fc.Arbitrary<Change> = fc.oneof(
  fc.record({
    how: fc.constantFrom("delete" as const, "wrap" as const, "repeat" as const),
    at: fc.nat(1_000),
  }),
  fc.record({ how: fc.constant("replace" as const), at: fc.nat(1_000), by: strangeJson }),
  fc.record({
    how: fc.constantFrom("rename" as const, "add" as const),
    at: fc.nat(1_000),
    key: fc.oneof(
      fc.constantFrom("__proto__", "constructor", "id", "method", "params", "_meta", "name", ""),
      strangeText,
    ),
    by: strangeJson,
  }),
);

/** Values of `base`, most of them changed in a place or a few. */
export function mutated<T extends Json>(base: fc.Arbitrary<T>): fc.Arbitrary<Json> {
  const changes = fc.oneof(
    { weight: 4, arbitrary: fc.constant<Change[]>([]) },
    { weight: 3, arbitrary: change.map((one) => [one]) },
    fc.array(change, { maxLength: 4 }),
  );
  return fc.tuple(base, changes).map(([value, all]) => all.reduce<Json>(changed, value));
}

function changed(value: Json, one: Change): Json {
  const paths = pathsOf(value);
  const path = paths[one.at % paths.length] ?? [];
  return edit(value, path, one);
}

function pathsOf(value: Json, path: string[] = []): string[][] {
  const here = [path];
  if (path.length > 12 || typeof value !== "object" || value === null) return here;
  return [
    ...here,
    ...Object.keys(value)
      .slice(0, 30)
      .flatMap((key) => pathsOf((value as Record<string, Json>)[key] ?? null, [...path, key])),
  ];
}

function edit(value: Json, [head, ...rest]: string[], one: Change): Json {
  if (head === undefined) return atPlace(value, one);
  if (Array.isArray(value))
    return value.flatMap((item, i) => (String(i) === head ? kept(edit(item, rest, one), rest, one) : [item]));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).flatMap(([key, item]): [string, Json][] => {
    if (key !== head) return [[key, item]];
    if (rest.length > 0) return [[key, edit(item, rest, one)]];
    if (one.how === "delete") return [];
    return one.how === "rename" ? [[one.key, item]] : [[key, atPlace(item, one)]];
  });
  return Object.fromEntries(entries);
}

const kept = (value: Json, rest: string[], one: Change): Json[] =>
  rest.length === 0 && one.how === "delete"
    ? []
    : rest.length === 0 && one.how === "repeat"
      ? [value, value]
      : [value];

function atPlace(value: Json, one: Change): Json {
  switch (one.how) {
    case "replace":
      return one.by;
    case "wrap":
      return [value];
    case "add":
      return typeof value === "object" && value !== null && !Array.isArray(value)
        ? Object.fromEntries([...Object.entries(value), [one.key, one.by]])
        : [value, one.by];
    case "delete":
    case "rename":
    case "repeat":
      return value;
  }
}

/** The JSON as a body: mostly whole, sometimes cut, with bytes that are no UTF-8, a BOM, or more behind it. */
export function bodyOf(json: fc.Arbitrary<Json>): fc.Arbitrary<NonNullable<Case["body"]>> {
  return fc.tuple(json.map(jsonText), fc.nat(60), fc.nat(10_000)).map(([text, how, at]) => {
    switch (how) {
      case 0:
        return text.slice(0, at % (text.length + 1));
      case 1:
        return withBytes(text, at, [0xff, 0xfe, 0x80]);
      case 2:
        return withBytes(text, at, [0xed, 0xa0, 0x80]);
      case 3:
        return `\uFEFF${text}`;
      case 4:
        return `${text}${text}`;
      case 5:
        return text.replace(/:(\d+)/, ":1e400");
      case 6:
        return text.replace("{", '{"id":1,"id":2,"__proto__":{"x":1},');
      default:
        return text;
    }
  });
}

/** `JSON.stringify` gives up on nothing that `strangeJson` makes. */
function jsonText(value: Json): string {
  return JSON.stringify(value);
}

/** Form fields, some strange, some twice. */
export function formOf(fields: Record<string, fc.Arbitrary<string>>): fc.Arbitrary<string> {
  const pairs = Object.entries(fields).map(([name, value]) =>
    fc.tuple(fc.nat(39), value, strangeText).map(([how, good, strange]): [string, string][] =>
      how === 0
        ? []
        : how === 1
          ? [[name, strange]]
          : how === 2
            ? [
                [name, good],
                [name, strange],
              ]
            : [[name, good]],
    ),
  );
  const extra = fc.array(fc.tuple(strangeText, strangeText), { maxLength: 1 });
  return fc.tuple(fc.tuple(...pairs), extra).map(([all, more]) => encode([...all.flat(), ...more]));
}

/** Placeholders stay as they are: they are filled in when the request is made. */
export function encode(pairs: readonly (readonly [string, string])[]): string {
  const part = (text: string): string =>
    /^\{\{\w+\}\}$/.test(text) ? text : encodeURIComponent(text.toWellFormed());
  return pairs.map(([name, value]) => `${part(name)}=${part(value)}`).join("&");
}

/** The first value mostly, now and then another. */
export function mostly(first: string, ...others: string[]): fc.Arbitrary<string> {
  return fc.oneof({ weight: 5, arbitrary: fc.constant(first) }, fc.constantFrom(first, ...others));
}
