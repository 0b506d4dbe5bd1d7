import { badRequest } from "./errors.ts";

/** Readers of body fields that refuse as ClickUp does. A field that is absent is `undefined`. */

/** A date in Unix ms; ClickUp also takes the digits as a string. null clears. Throws INPUT_006. */
export function dateField(body: Record<string, unknown>, name: string): number | null | undefined {
  const value = body[name];
  if (value === undefined || value === null) return value;
  if (typeof value === "number" && Number.isFinite(value)) return value;
  if (typeof value === "string" && /^\d+$/.test(value)) return Number(value);
  throw badRequest(`${name} invalid`, "INPUT_006");
}

/** 1 urgent, 2 high, 3 normal, 4 low; null clears. */
export function priorityField(body: Record<string, unknown>): number | null | undefined {
  const value = body.priority;
  if (value === undefined || value === null) return value;
  const number = typeof value === "string" ? Number(value) : value;
  if (typeof number === "number" && Number.isInteger(number) && number >= 1 && number <= 4) return number;
  throw badRequest("Priority must be a number between 1 and 4", "INPUT_007");
}

/** A number (ms, points); null clears. ClickUp refuses text. */
export function numberField(body: Record<string, unknown>, name: string): number | null | undefined {
  const value = body[name];
  if (value === undefined || value === null) return value;
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw badRequest(`${name} must be a number`, "INPUT_008");
}

export function textField(body: Record<string, unknown>, name: string): string | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "string") throw badRequest(`${name} must be a string`, "INPUT_009");
  return value;
}

export function boolField(body: Record<string, unknown>, name: string): boolean | undefined {
  const value = body[name];
  return typeof value === "boolean" ? value : undefined;
}

/** A name that must be there and not blank. Throws `ecode`. */
export function requiredName(body: Record<string, unknown>, what: string, ecode: string): string {
  const value = body.name;
  if (typeof value !== "string" || value.trim() === "") throw badRequest(`${what} name invalid`, ecode);
  return value;
}

/** Ids in an array, numbers or digits; anything else is skipped as ClickUp skips it. */
export function idList(value: unknown): number[] {
  if (!Array.isArray(value)) return [];
  return value.map(Number).filter((id) => Number.isSafeInteger(id));
}
export function textList(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];
}

export function asObject(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}
