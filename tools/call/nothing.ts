/**
 * null in an argument. Models send it for what they have no value for, so an optional argument that is null is absent.
 * Where an argument can be emptied, null could mean that as well: there it is refused, with the way to empty it.
 */
import * as z from "zod";
import type { Tool } from "../define.ts";
import { UserInputError } from "../words/errors.ts";

/** The arguments without nulls, also in lists of objects. @throws UserInputError for an argument that can be emptied */
export function withoutNothing(tool: Pick<Tool, "input" | "emptied">, args: unknown): unknown {
  return tidy(tool.input, args, tool.emptied, "");
}

function tidy(schema: z.core.$ZodType, value: unknown, emptied: Tool["emptied"], path: string): unknown {
  const inner = unwrapped(schema);
  if (inner instanceof z.ZodArray) {
    const element = unwrapped(inner.element);
    const list = element instanceof z.ZodObject ? fromJson(value) : value;
    if (!Array.isArray(list) || !(element instanceof z.ZodObject)) return value;
    return list.map((one: unknown, index) => tidy(element, one, emptied, `${path}[${index}].`));
  }
  if (!(inner instanceof z.ZodObject) || typeof value !== "object" || value === null || Array.isArray(value))
    return value;
  const shape: Record<string, z.core.$ZodType> = inner.shape;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, one]): [string, unknown][] => {
      const argument = Object.hasOwn(shape, name) ? shape[name] : undefined;
      if (argument === undefined) return [[name, one]];
      if (one !== null) return [[name, tidy(argument, one, emptied, path + name)]];
      if (emptied?.arguments.includes(name) === true) {
        const how = emptied.by === "clear" ? `name it in \`clear\`` : `send "${emptied.by}"`;
        throw new UserInputError(
          `${path}${name} is null. To empty it, ${how}; to leave it as it is, leave it out.`,
          { argument: name },
        );
      }
      return z.safeParse(argument, undefined).success ? [] : [[name, one]];
    }),
  );
}

/** The schema below what only prepares a value or makes it optional. */
function unwrapped(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodOptional) return unwrapped(schema.unwrap());
  return schema instanceof z.ZodPipe ? unwrapped(schema.out) : schema;
}

/** Lists are taken as JSON text too. */
function fromJson(value: unknown): unknown {
  if (typeof value !== "string" || !value.trimStart().startsWith("[")) return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value;
  }
}
