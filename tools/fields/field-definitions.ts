/** Definitions of Custom Fields: read and kept, found by name, and as our answers show them. */
import * as z from "zod";
import { cached } from "../kept/cached.ts";
import type { CachedValue } from "../kept/cached.ts";
import { getPlaceFields } from "../clickup/fields.ts";
import type { FieldPlaceKind, FieldRecord } from "../clickup/fields.ts";
import type { ToolContext } from "../define.ts";
import { sameName } from "../words/names.ts";
import { compact } from "../words/render.ts";
import { Ref } from "../shapes.ts";

const FIELDS_AGE_MS = 300_000;
/** Options shown of one field in a list of fields. */
const MOST_OPTIONS = 30;
/** Options shown of a field that was asked for by name. */
const MOST_OPTIONS_OF_ONE = 300;

export const FieldDefinition = z.object({
  id: z.string(),
  name: z.string(),
  type: z.string(),
  required: z.boolean().optional(),
  currency: z.string().optional(),
  max: z.number().optional(),
  options: z.array(z.string()).optional(),
  options_total: z.number().optional(),
});

/** With the ids of its options: for one field, not for a list. */
export const FieldDetail = FieldDefinition.extend({ options: z.array(Ref).optional() });

/** The fields of a place. Those of a List are shared with the tools that write tasks. */
export async function loadFields(
  ctx: ToolContext,
  kind: FieldPlaceKind,
  id: string,
  maxAge_ms: number,
): Promise<CachedValue<FieldRecord[]>> {
  return await cached(
    ctx,
    kind === "list" ? `fields:${id}` : `fields:${kind}:${id}`,
    { ttl_ms: FIELDS_AGE_MS, maxAge_ms },
    async () => await getPlaceFields(ctx.clickup, kind, id),
  );
}

export function fieldRow(field: FieldRecord): z.infer<typeof FieldDefinition> {
  const names = field.options.map((option) => option.name);
  return {
    ...plain(field),
    ...compact({ options: names.slice(0, MOST_OPTIONS) }),
    ...(names.length > MOST_OPTIONS ? { options_total: names.length } : {}),
  };
}

export function fieldDetail(field: FieldRecord): z.infer<typeof FieldDetail> {
  const options = field.options.slice(0, MOST_OPTIONS_OF_ONE).map(({ id, name }) => ({ id, name }));
  return {
    ...plain(field),
    ...compact({ options }),
    ...(field.options.length > options.length ? { options_total: field.options.length } : {}),
  };
}

function plain(field: FieldRecord) {
  return {
    id: field.id,
    name: field.name,
    type: field.type,
    ...compact({
      required: field.required ? true : undefined,
      currency: field.currency,
      max: field.count,
    }),
  };
}

/** By id or whole name; else by every word of the name. */
export function matchFields(
  fields: readonly FieldRecord[],
  wanted: string,
): { found: FieldRecord[]; exact: boolean } {
  const exact = fields.filter((one) => one.id === wanted || sameName(one.name) === sameName(wanted));
  if (exact.length > 0) {
    return { found: exact, exact: true };
  }
  const words = sameName(wanted).split(" ");
  return {
    found: fields.filter((one) => words.every((word) => sameName(one.name).includes(word))),
    exact: false,
  };
}
