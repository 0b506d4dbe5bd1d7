import type { QueryType, Route } from "./route.ts";

/**
 * Strict mode: says what a request carries that the operation does not know. ClickUp itself ignores such things
 * silently, which hides mistakes of a client; in strict mode they become visible.
 */
export function strictViolations(route: Route, query: URLSearchParams, json: unknown): string[] {
  const found: string[] = [];
  for (const [name, value] of query) {
    const type = route.query?.[name];
    if (type === undefined) found.push(`${route.operation}: unknown query parameter ${name}`);
    else if (!queryFits(type, value))
      found.push(`${route.operation}: query parameter ${name}=${value} is not ${type}`);
  }
  if (json === undefined || route.body === "multipart") return found;
  if (route.body === "array") {
    if (!Array.isArray(json)) found.push(`${route.operation}: the body is not an array`);
    return found;
  }
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    found.push(`${route.operation}: the body is not an object`);
    return found;
  }
  for (const [name, value] of Object.entries(json)) {
    const type = route.body?.[name];
    if (type === undefined) found.push(`${route.operation}: unknown body field ${name}`);
    else if (!bodyFits(type, value)) found.push(`${route.operation}: body field ${name} is not ${type}`);
  }
  return found;
}

function queryFits(type: QueryType, value: string): boolean {
  if (type === "bool") return value === "true" || value === "false";
  if (type === "int") return /^-?\d+$/.test(value);
  return true;
}

function bodyFits(type: string, value: unknown): boolean {
  return type.split("|").some((one) => {
    switch (one) {
      case "any":
        return true;
      case "null":
        return value === null;
      case "int":
        return Number.isInteger(value);
      case "number":
        return typeof value === "number";
      case "bool":
        return typeof value === "boolean";
      case "ints":
        return Array.isArray(value) && value.every(Number.isInteger);
      case "strings":
        return Array.isArray(value) && value.every((item) => typeof item === "string");
      case "objects":
        return Array.isArray(value) && value.every((item) => typeof item === "object" && item !== null);
      case "object":
        return typeof value === "object" && value !== null && !Array.isArray(value);
      case "string":
        return typeof value === "string";
      default:
        throw new Error(`unknown body type ${one}`);
    }
  });
}
