import type { Fields, Params } from "./params.ts";
import type { World } from "./world.ts";

/** What a handler gets: the mode's world, the ids of the path and the checked parameters. */
export interface Context {
  world: World;
  /** Ids of the path by name. */
  path: Record<string, string>;
  params: Params;
  /** The Stripe-Version header; null when none was sent. */
  version: string | null;
}

export interface Route {
  /** Method and path, e.g. "POST /v1/customers/{customer}". */
  operation: string;
  /** What may be sent; `expand` is always allowed. */
  params?: Fields;
  /** Answers the object. Throws StripeFault. */
  handler(ctx: Context): unknown;
}

interface Compiled {
  route: Route;
  method: string;
  segments: string[];
}

/** Finds the route of a request; a literal segment wins over a parameter. */
export class Router {
  readonly #compiled: Compiled[];

  constructor(routes: readonly Route[]) {
    this.#compiled = routes
      .map((route) => {
        const [method = "", path = ""] = route.operation.split(" ");
        return { route, method, segments: path.split("/") };
      })
      .sort((a, b) => sortKey(a.segments).localeCompare(sortKey(b.segments), "en"));
  }

  /** Undefined when nothing matches. */
  match(method: string, path: string): { route: Route; path: Record<string, string> } | undefined {
    const parts = path.split("/");
    for (const candidate of this.#compiled) {
      if (candidate.method !== method || candidate.segments.length !== parts.length) continue;
      const ids: Record<string, string> = {};
      const fits = candidate.segments.every((segment, index) => {
        const part = parts[index] ?? "";
        if (!segment.startsWith("{")) return segment === part;
        ids[segment.slice(1, -1)] = decodeSegment(part);
        return part !== "";
      });
      if (fits) return { route: candidate.route, path: ids };
    }
    return undefined;
  }
}

/** A segment that is not well encoded is taken as it stands. */
function decodeSegment(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function sortKey(segments: string[]): string {
  return segments.map((segment) => (segment.startsWith("{") ? "1" : `0${segment}`)).join("/");
}
