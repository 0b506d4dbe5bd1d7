/**
 * The arguments tools share, made once. Models send ids as numbers, one value where a list is asked, and
 * JSON as text: all are taken, while the JSON Schema shows one plain type (no unions, no references).
 */
import * as z from "zod";
import { PRIORITIES } from "./priorities.ts";

const asText = (value: unknown): unknown =>
  typeof value === "number" || typeof value === "bigint" ? String(value) : value;

const asNumber = (value: unknown): unknown =>
  typeof value === "string" && value.trim() !== "" && Number.isFinite(Number(value)) ? Number(value) : value;

const asBoolean = (value: unknown): unknown => {
  const word = typeof value === "string" ? value.trim().toLowerCase() : undefined;
  return word === "true" ? true : word === "false" ? false : value;
};

/** One value, or a list written as JSON, as a list. */
export const asList = (value: unknown): unknown => {
  const read = fromJson(value, "[");
  return typeof read === "string" || typeof read === "number" ? [read] : read;
};

const asObject = (value: unknown): unknown => fromJson(value, "{");

function fromJson(value: unknown, opening: string): unknown {
  if (typeof value !== "string" || !value.trimStart().startsWith(opening)) {
    return value;
  }
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value;
  }
}

const filled = z
  .string()
  .trim()
  .refine((value) => value !== "", { error: "must not be empty" });

/** A word or id in any form, never empty. */
export const Text = z.preprocess(asText, filled);
/** Text that may span lines; kept as it is. */
export const Markdown = z.preprocess(asText, z.string());
/** See `resolve/task.ts`. */
export const TaskReference = Text.describe("id, custom id, URL or name");
/** See `resolve/place.ts`. */
export const PlaceReference = Text.describe("id, URL, name or path");

export const When = z.preprocess(asText, filled);
/** With the words a model needs once per tool. */
export const WhenExplained = When.describe("ISO, today, next friday, +3d");
export const Duration = z.preprocess(asText, filled).describe("1h30m or minutes");

export const PriorityName = z.preprocess((value) => {
  const word = typeof value === "string" ? value.trim().toLowerCase() : asText(value);
  // ClickUp's own numbers, which models know.
  return typeof word === "string" && /^[1-4]$/.test(word) ? PRIORITIES[Number(word) - 1] : word;
}, z.enum(PRIORITIES));

export const Flag = z.preprocess(asBoolean, z.boolean());
export const Amount = z.preprocess(asNumber, z.number());
export const TextList = z.preprocess(asList, z.array(Text));
export const People = TextList.describe("me, name, e-mail, id");

/** Custom Fields: name or id → value. */
export const FieldValues = z
  .preprocess(asObject, z.record(z.string(), z.unknown()))
  .describe("name or id → value");
/** The same without words, where another tool has them. */
export const PlainFieldValues = z.preprocess(asObject, z.record(z.string(), z.unknown()));

/** A value of any kind, shown as text because schemas carry no unions; lists and objects also as JSON text. */
export const AnyValue = z
  .unknown()
  .refine((value) => value !== undefined && value !== null && value !== "", { error: "must not be empty" })
  .meta({ type: "string", description: "text, number, option, person; lists as JSON" });

export const IdempotencyKey = z.preprocess(
  asText,
  filled.refine((key) => key.length <= 200, { error: "at most 200 characters" }),
);
export const Cursor = z.preprocess(asText, filled);

/** A list of words out of `names`; one word or a comma-separated text is taken too. */
export function someOf<const N extends readonly [string, ...string[]]>(names: N) {
  return z.preprocess(
    (value) => {
      const list = asList(value);
      return Array.isArray(list)
        ? list.flatMap((one: unknown) =>
            typeof one === "string" ? one.toLowerCase().split(/\s*,\s*/) : [one],
          )
        : list;
    },
    z.array(z.enum(names)),
  );
}

/** One word out of `names`, in any case. */
export function oneOf<const N extends readonly [string, ...string[]]>(names: N) {
  return z.preprocess(
    (value) => (typeof value === "string" ? value.trim().toLowerCase() : value),
    z.enum(names),
  );
}
