/**
 * One Analytics Engine data point a request, for counts and percentiles over months. The order of the columns is
 * part of the queries in docs/observability/; new ones go to the end.
 */
import type { RequestFigures } from "../../objects/rpc/user.ts";
import type { Bindings } from "../env.ts";

export interface Measured {
  route: string;
  httpMethod: string;
  status: number;
  ms: number;
}

/**
 * Does nothing where the binding METRICS is missing (local development). The platform sends it later.
 * @param figuresJson JSON of the figures; `null` when no object was asked
 */
export function writeDataPoint(env: Bindings, request: Measured, figuresJson: string | null): void {
  const metrics = env["METRICS"];
  if (metrics === undefined) return;
  const figures = figuresJson === null ? null : (JSON.parse(figuresJson) as RequestFigures);
  metrics.writeDataPoint({
    indexes: [figures?.user ?? "anonymous"],
    blobs: [
      request.route,
      request.httpMethod,
      figures?.method ?? "",
      figures?.tool ?? "",
      figures?.outcome ?? "",
      figures?.protocol ?? "",
    ],
    doubles: [
      request.status,
      request.ms,
      figures?.upstream_calls ?? 0,
      figures?.bytes_in ?? 0,
      figures?.bytes_out ?? 0,
      figures?.remaining ?? -1,
      figures?.outboxDepth ?? -1,
    ],
  });
}
