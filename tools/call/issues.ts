/** Puts what is wrong with a call's arguments into words: the path, what was expected, and the nearest name. */
import type { z } from "zod";
import { closest, shown } from "../words/names.ts";

const MOST_ISSUES = 5;

/** One sentence per problem, each naming the argument. */
export function describeIssues(error: z.ZodError, input: z.ZodObject): string {
  const sentences = error.issues.slice(0, MOST_ISSUES).map((issue) => describeIssue(issue, input));
  const more = error.issues.length - MOST_ISSUES;
  return [...sentences, ...(more > 0 ? [`And ${more} more problems.`] : [])].join(" ");
}

function describeIssue(issue: z.core.$ZodIssue, input: z.ZodObject): string {
  const where = pathText(issue.path);
  if (issue.code === "unrecognized_keys") {
    return unknownArguments(issue.keys, issue.path.length === 0 ? Object.keys(input.shape) : [], where);
  }
  if (issue.code === "invalid_type") {
    return issue.message.endsWith("received undefined")
      ? `${where} is required${form(issue.path, input)}.`
      : `${where}: expected ${typeName(issue.expected)}${form(issue.path, input)}.`;
  }
  return issue.code === "invalid_value"
    ? `${where}: use one of ${issue.values.map(String).join(", ")}.`
    : `${where}: ${issue.message}.`;
}

function unknownArguments(keys: readonly string[], known: readonly string[], where: string): string {
  return keys
    .map((key) => {
      const [near] = closest(key, known, (name) => name, 1);
      const hint =
        near === undefined
          ? known.length > 0
            ? ` Known: ${known.join(", ")}.`
            : ""
          : ` Nearest: "${near}".`;
      return `${where === "arguments" ? "" : `${where}: `}Unknown argument "${shown(key, 40)}".${hint}`;
    })
    .join(" ");
}

function pathText(path: readonly PropertyKey[]): string {
  const text = path
    .map((part) => (typeof part === "number" ? `[${part}]` : `.${shown(String(part), 40)}`))
    .join("");
  return text === "" ? "arguments" : text.replace(/^\./, "");
}

function typeName(expected: string): string {
  const names: Record<string, string> = {
    string: "text",
    array: "a list",
    record: "an object",
    object: "an object",
    boolean: "true or false",
    number: "a number",
  };
  return names[expected] ?? expected;
}

/** The argument's own description, as the form it takes. */
function form(path: readonly PropertyKey[], input: z.ZodObject): string {
  const [first] = path;
  const schema = typeof first === "string" ? input.shape[first] : undefined;
  const description = schema?.description;
  return description === undefined ? "" : ` (${description})`;
}
