/**
 * ClickUp's published API description as a measure: strict for the requests we send, lenient for the answers the
 * sandbox gives. The files are not part of the repository; without them callers skip (see `openApiAvailable`).
 */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Ajv2020, type ErrorObject, type ValidateFunction } from "ajv/dist/2020.js";
import { exceptedRequest, exceptedResponse, EXTRA_BODY_FIELDS, EXTRA_QUERY } from "./exceptions.ts";

type Json = Record<string, unknown>;

interface Parameter {
  name: string;
  in: "path" | "query" | "header";
  required: boolean;
  schema: Json;
}

interface Operation {
  /** E.g. "GET /v2/task/{task_id}": without /api in both versions. */
  key: string;
  method: string;
  segments: string[];
  parameters: Parameter[];
  /** Schema of the JSON body; undefined when there is none. */
  body: Json | undefined;
  multipart: boolean;
  /** Schema of the JSON answer by status. */
  responses: Map<string, Json | undefined>;
}

export interface OpenApi {
  operations: Map<string, Operation>;
  /** `path` with or without /api. */
  match(method: string, path: string): Operation | undefined;
  /** Problems of `value` against a schema of the description; paths as JSON pointers. */
  validate(schema: Json, value: unknown): ErrorObject[];
}

export interface CheckedRequest {
  method: string;
  /** Decoded or not, with or without /api, without the query. */
  path: string;
  query?: URLSearchParams | Record<string, string | string[]>;
  /** Parsed JSON; for a multipart request the form's fields. */
  body?: unknown;
}

const FILES = ["clickup-v2.corrected.json", "clickup-v3.json"];
const METHODS = ["get", "post", "put", "patch", "delete"];

function folder(): string {
  const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
  return resolve(root, process.env.CLICKUP_OPENAPI ?? "../shared/clickup-openapi");
}

/** True when the description is on this machine. */
export const openApiAvailable = FILES.every((file) => existsSync(join(folder(), file)));

let loaded: OpenApi | undefined;

/** Reads the description once. Throws when it is not there: look at `openApiAvailable` first. */
export function loadOpenApi(): OpenApi {
  if (loaded !== undefined) return loaded;
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false, verbose: true });
  const compiled = new Map<Json, ValidateFunction>();
  const operations = new Map<string, Operation>();
  for (const file of FILES) {
    const document = JSON.parse(readFileSync(join(folder(), file), "utf8")) as Json;
    for (const operation of operationsOf(document)) operations.set(operation.key, operation);
  }
  const all = [...operations.values()].sort((a, b) => literals(b) - literals(a));
  loaded = {
    operations,
    match(method, path) {
      const parts = path.replace(/^\/api(?=\/v\d)/, "").split("/");
      return all.find(
        (operation) =>
          operation.method === method.toUpperCase() &&
          operation.segments.length === parts.length &&
          operation.segments.every((segment, index) => segment.startsWith("{") || segment === parts[index]),
      );
    },
    validate(schema, value) {
      let check = compiled.get(schema);
      if (check === undefined) {
        check = ajv.compile(schema);
        compiled.set(schema, check);
      }
      return check(value) ? [] : [...(check.errors ?? [])];
    },
  };
  return loaded;
}

function literals(operation: Operation): number {
  return operation.segments.filter((segment) => !segment.startsWith("{")).length;
}

function operationsOf(document: Json): Operation[] {
  const found: Operation[] = [];
  for (const [path, item] of Object.entries(document.paths as Record<string, Json>)) {
    for (const method of METHODS) {
      const source = item[method] as Json | undefined;
      if (source === undefined) continue;
      const plainPath = path.replace(/^\/api/, "");
      const parameters = [...((item.parameters as Json[]) ?? []), ...((source.parameters as Json[]) ?? [])];
      const content = (inlined(document, source.requestBody) as Json | undefined)?.content as
        | Record<string, Json>
        | undefined;
      const responses = Object.entries(source.responses as Record<string, Json>).map(([status, response]) => {
        const json = (inlined(document, response) as Json).content as Record<string, Json> | undefined;
        return [status, json?.["application/json"]?.schema as Json | undefined] as const;
      });
      found.push({
        key: `${method.toUpperCase()} ${plainPath}`,
        method: method.toUpperCase(),
        segments: plainPath.split("/"),
        parameters: parameters.map((parameter) => parameterOf(inlined(document, parameter) as Json)),
        body: content?.["application/json"]?.schema as Json | undefined,
        multipart: content?.["multipart/form-data"] !== undefined,
        responses: new Map(responses),
      });
    }
  }
  return found;
}

function parameterOf(source: Json): Parameter {
  return {
    name: source.name as string,
    in: source.in as Parameter["in"],
    required: source.required === true,
    schema: (source.schema as Json | undefined) ?? {},
  };
}

/** A copy without references; a schema that contains itself ends in "anything". OpenAPI 3.0's `nullable` becomes a type. */
function inlined(document: Json, node: unknown, open: readonly string[] = []): unknown {
  if (Array.isArray(node)) return node.map((item) => inlined(document, item, open));
  if (typeof node !== "object" || node === null) return node;
  const source = node as Json;
  if (typeof source.$ref === "string") {
    if (open.includes(source.$ref)) return {};
    let target: unknown = document;
    for (const key of source.$ref.slice(2).split("/")) {
      target = (target as Json)[key.replaceAll("~1", "/").replaceAll("~0", "~")];
    }
    return inlined(document, target, [...open, source.$ref]);
  }
  const copy = Object.fromEntries(
    Object.entries(source)
      .filter(([name]) => name !== "example" && name !== "examples")
      .map(([name, value]) => [name, inlined(document, value, open)]),
  );
  if (copy.nullable === true && typeof copy.type === "string") copy.type = [copy.type, "null"];
  return copy;
}

/**
 * What is wrong with a request, strictly: unknown operation, query parameter or body field, wrong type, missing
 * requirement. Documented exceptions (exceptions.ts) are where ClickUp is known to differ from its description.
 */
export function checkRequest(request: CheckedRequest): string[] {
  const api = loadOpenApi();
  const operation = api.match(request.method, request.path);
  if (operation === undefined) return [`${request.method} ${request.path}: no such operation`];
  const problems = [...queryProblems(operation, request), ...bodyProblems(api, operation, request.body)];
  return problems.map((problem) => `${operation.key}: ${problem}`);
}

function entriesOf(query: CheckedRequest["query"]): [string, string][] {
  if (query === undefined) return [];
  if (query instanceof URLSearchParams) return [...query];
  return Object.entries(query).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((one): [string, string] => [name, one]),
  );
}

function queryProblems(operation: Operation, request: CheckedRequest): string[] {
  const problems: string[] = [];
  const entries = entriesOf(request.query);
  const known = operation.parameters.filter((parameter) => parameter.in === "query");
  for (const [name, value] of entries) {
    const exact = known.find((parameter) => parameter.name === name);
    // Arrays carry brackets at ClickUp; the description of list tasks leaves them out.
    const bracketed = name.endsWith("[]")
      ? known.find((parameter) => parameter.name === name.slice(0, -2))
      : undefined;
    if (exact === undefined && bracketed === undefined) {
      if (!(EXTRA_QUERY[operation.key] ?? []).includes(name))
        problems.push(`unknown query parameter ${name}`);
      continue;
    }
    const schema: Json = (exact ?? bracketed)?.schema ?? {};
    const isArray = schema.type === "array";
    if (
      isArray &&
      exact !== undefined &&
      !name.endsWith("[]") &&
      known.some((other) => other.name === `${name}[]`)
    ) {
      problems.push(`query parameter ${name} needs brackets`);
    }
    const wanted = isArray ? ((schema.items as Json | undefined) ?? {}) : schema;
    const problem = queryValueProblem(wanted, value);
    if (problem !== null && !exceptedRequest(operation.key, `query ${name}`)) {
      problems.push(`query parameter ${name}=${value} ${problem}`);
    }
  }
  for (const parameter of known) {
    const given = entries.some(([name]) => name === parameter.name || name === `${parameter.name}[]`);
    if (parameter.required && !given && !exceptedRequest(operation.key, `query ${parameter.name}`)) {
      problems.push(`query parameter ${parameter.name} is required`);
    }
  }
  return problems;
}

function queryValueProblem(schema: Json, value: string): string | null {
  if (schema.type === "boolean" && value !== "true" && value !== "false") return "is not a boolean";
  if (schema.type === "integer" && !/^-?\d+$/.test(value)) return "is not an integer";
  if (schema.type === "number" && (value === "" || Number.isNaN(Number(value)))) return "is not a number";
  if (Array.isArray(schema.enum) && !schema.enum.map(String).includes(value))
    return "is not one of the allowed values";
  return null;
}

function bodyProblems(api: OpenApi, operation: Operation, body: unknown): string[] {
  if (operation.multipart) {
    const named = typeof body === "object" && body !== null && "attachment" in body;
    return named ? [] : ["the form has no field attachment"];
  }
  if (operation.body === undefined) return body === undefined ? [] : ["takes no body"];
  if (body === undefined) return exceptedRequest(operation.key, "body") ? [] : ["has no body"];
  const unknown = unknownFields(operation.body, body, "", EXTRA_BODY_FIELDS[operation.key] ?? []);
  const wrong = api
    .validate(operation.body, body)
    .filter((error) => error.keyword !== "additionalProperties")
    .map((error) => `body ${error.instancePath || "/"} ${error.message ?? error.keyword}`)
    .filter((problem) => !exceptedRequest(operation.key, problem));
  return [...unknown, ...new Set(wrong)];
}

/** Fields that no variant of the schema knows. A schema without properties allows anything. */
function unknownFields(schema: Json, value: unknown, at: string, extra: readonly string[]): string[] {
  if (Array.isArray(value)) {
    const items = variants(schema).flatMap((variant) =>
      variant.items === undefined ? [] : [variant.items as Json],
    );
    if (items.length === 0) return [];
    return value.flatMap((item, index) => unknownFields({ anyOf: items }, item, `${at}/${index}`, []));
  }
  if (typeof value !== "object" || value === null) return [];
  const known = new Map<string, Json[]>();
  let open = false;
  for (const variant of variants(schema)) {
    if (variant.properties === undefined) {
      open ||= variant.type === "object" || variant.type === undefined;
      continue;
    }
    for (const [name, property] of Object.entries(variant.properties as Record<string, Json>)) {
      known.set(name, [...(known.get(name) ?? []), property]);
    }
  }
  if (known.size === 0 && open) return [];
  return Object.entries(value).flatMap(([name, field]) => {
    if (extra.includes(name)) return [];
    const schemas = known.get(name);
    if (schemas === undefined) return [`unknown body field ${at}/${name}`];
    return unknownFields({ anyOf: schemas }, field, `${at}/${name}`, []);
  });
}

/** The alternatives of a schema, flattened. */
function variants(schema: Json): Json[] {
  const parts = ["anyOf", "oneOf", "allOf"].flatMap((key) => (schema[key] as Json[] | undefined) ?? []);
  if (parts.length === 0) return [schema];
  const nested = parts.flatMap(variants);
  return schema.properties === undefined ? nested : [schema, ...nested];
}

/** The place of an error with * for array indexes, so that a list reports a problem once. */
function placeOf(error: ErrorObject): string {
  return error.instancePath === "" ? "/" : error.instancePath.replaceAll(/\/\d+(?=\/|$)/g, "/*");
}

/**
 * What is wrong with an answer, leniently: more fields than described are fine, and so are the documented
 * differences between ClickUp and its description.
 */
export function checkResponse(operationKey: string, status: number, body: unknown): string[] {
  const api = loadOpenApi();
  const operation = api.operations.get(operationKey);
  if (operation === undefined) return [`${operationKey}: no such operation`];
  if (!operation.responses.has(String(status))) return [`${operationKey}: status ${status} is not described`];
  const schema = operation.responses.get(String(status));
  if (schema === undefined || body === undefined) return [];
  const problems = api
    .validate(schema, body)
    .map(
      (error) =>
        `${placeOf(error)} ${error.message ?? error.keyword}${error.data === null ? " (is null)" : ""}`,
    )
    .filter((problem) => !exceptedResponse(operationKey, problem));
  return [...new Set(problems)].map((problem) => `${operationKey}: ${problem}`);
}
