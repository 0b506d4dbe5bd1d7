/**
 * One JSON line and one data point a request. Never a query string (it may carry codes), a header, an argument
 * or an answer: names, ids and numbers only.
 */
import { FIGURES_HEADER } from "../../objects/rpc/user.ts";
import type { AppContext } from "../context.ts";
import type { Bindings } from "../env.ts";
import { logEvent } from "../log.ts";
import { writeDataPoint } from "./data-point.ts";
import { readFigures } from "./figures.ts";

const MAX_PATH_CHARS = 100;

/** Middleware: runs the rest, then logs. The object's figures do not leave with the answer. */
export async function observeRequest(c: AppContext, next: () => Promise<void>): Promise<void> {
  const started_ms = Date.now();
  await next();
  const figures = readFigures(c.res);
  if (figures !== null) c.header(FIGURES_HEADER, undefined);
  const asked = { requestId: c.var.requestId, route: c.req.path, httpMethod: c.req.method, started_ms };
  record(c.env, c.res.status, asked, figures);
}

export interface Asked {
  requestId: string;
  route: string;
  httpMethod: string;
  started_ms: number;
}

/** The path, without the reference of an upgrade link. */
function routeOf(path: string): string {
  const named = path.replace(/^\/account\/plan\/(?!checkout$|portal$).+/, "/account/plan/:ref");
  return named.slice(0, MAX_PATH_CHARS);
}

/** Writes the log line and the data point of a request. @param figures JSON of `RequestFigures`, if there are any */
export function record(env: Bindings, status: number, asked: Asked, figures: string | null): void {
  const request = {
    route: routeOf(asked.route),
    httpMethod: asked.httpMethod,
    status,
    ms: Date.now() - asked.started_ms,
  };
  const { requestId } = asked;
  logEvent(status >= 500 ? "error" : "info", "request", { requestId, ...request }, figures ?? "{}");
  writeDataPoint(env, request, figures);
}
