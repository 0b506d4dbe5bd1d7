import type { SandboxState } from "./state.ts";
import type { AccessToken, User } from "./types.ts";

/** What a handler gets: the caller, what the token reaches, and the parsed request. */
export interface Context {
  state: SandboxState;
  user: User;
  token: AccessToken;
  /** Workspace ids the token reaches. */
  reach: ReadonlySet<string>;
  params: Record<string, string>;
  query: URLSearchParams;
  body: Record<string, unknown>;
  /** The body as it came, for the operations whose JSON body is an array. */
  json: unknown;
  form: FormData | null;
  now_ms: number;
}

/** `bool`: "true" or "false"; `list`: may repeat, its name ends in []. */
export type QueryType = "bool" | "int" | "string" | "list";

/** Types a body field may have, joined by "|". `ints`, `strings` and `objects` are arrays. */
type BodyType = string;

export interface Route {
  /** Method and path as ClickUp's description writes them, without the leading /api. */
  operation: string;
  query?: Record<string, QueryType>;
  body?: Record<string, BodyType> | "multipart" | "array";
  /** Answers a JSON value (sent with 200) or a whole Response. Throws ClickUpFault. */
  handler(ctx: Context): unknown;
}

/** Query parameters of every /v2/task/{task_id}/… operation. */
export const CUSTOM_ID_QUERY = { custom_task_ids: "bool", team_id: "int" } as const satisfies Record<
  string,
  QueryType
>;

interface Compiled {
  route: Route;
  method: string;
  segments: string[];
}

/** Finds the route of a request; a literal segment wins over a parameter. */
export class Router {
  readonly routes: readonly Route[];
  readonly #compiled: Compiled[];

  constructor(routes: readonly Route[]) {
    this.routes = routes;
    this.#compiled = routes
      .map((route) => {
        const [method = "", path = ""] = route.operation.split(" ");
        return { route, method, segments: path.split("/") };
      })
      .sort((a, b) => sortKey(a.segments).localeCompare(sortKey(b.segments), "en"));
  }

  /** `path` is without /api, e.g. "/v2/task/abc". Undefined when nothing matches. */
  match(method: string, path: string): { route: Route; params: Record<string, string> } | undefined {
    const parts = path.split("/");
    for (const candidate of this.#compiled) {
      if (candidate.method !== method || candidate.segments.length !== parts.length) continue;
      const params: Record<string, string> = {};
      const fits = candidate.segments.every((segment, index) => {
        const part = parts[index] ?? "";
        if (!segment.startsWith("{")) return segment === part;
        params[segment.slice(1, -1)] = decodeSegment(part);
        return part !== "";
      });
      if (fits) return { route: candidate.route, params };
    }
    return undefined;
  }
}

/** Literals before parameters at the same place. */
function sortKey(segments: string[]): string {
  return segments.map((segment) => (segment.startsWith("{") ? "1" : `0${segment}`)).join("/");
}

function decodeSegment(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
