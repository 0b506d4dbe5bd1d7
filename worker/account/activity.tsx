/** The record of a person: pages of it, and the whole as a file. */
import type { ActivityKind, ActivityQuery } from "../../objects/rpc/user.ts";
import type { ActivityEvent } from "../../objects/rpc/views.ts";
import type { WebSession } from "../auth/web-session.ts";
import type { AppContext } from "../context.ts";
import { errorPage, htmlPage } from "../html.tsx";
import { ActivityPage, type ActivityFilter } from "../pages/account/activity.tsx";
import { csvLine } from "./csv.ts";
import { pageProps } from "./guard.tsx";

const PAGE_EVENTS = 50;
const EXPORT_PAGE_EVENTS = 1_000;

/** GET /account/activity?device=&tool=&before= */
export async function showActivity(c: AppContext, session: WebSession): Promise<Response> {
  const filter = filterOf(c);
  const before = c.req.query("before");
  const query = { ...queryOf(filter, PAGE_EVENTS), ...(before === undefined ? {} : { cursor: before }) };
  const [props, page, devices] = await Promise.all([
    pageProps(c, session),
    session.user.desk().activity(query),
    session.user.devices(),
  ]);
  if (!page.ok) {
    return errorPage(400, {
      title: "There is no such page",
      message: page.error.message,
      next: { label: "Your activity", href: "/account/activity" },
    });
  }
  return htmlPage((nonce) => (
    <ActivityPage
      {...props}
      nonce={nonce}
      page={page.value}
      devices={devices}
      filter={filter}
      workspaces={session.account.workspaces}
      older={before !== undefined}
    />
  ));
}

/** GET /account/activity/export?format=csv|json: everything the filter lets through, newest first, as it is read. */
export async function exportActivity(c: AppContext, session: WebSession): Promise<Response> {
  const format = c.req.query("format") === "json" ? "json" : "csv";
  const events = pieces(session, queryOf(filterOf(c, "all"), EXPORT_PAGE_EVENTS), format);
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await events.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    async cancel() {
      await events.return();
    },
  });
  const type = format === "json" ? "application/json" : "text/csv; charset=utf-8";
  return new Response(body, { headers: fileHeaders(type, `clickup-mcp-activity.${format}`) });
}

/** Headers of a file that is kept, never shown by the browser. */
export function fileHeaders(type: string, name: string): Record<string, string> {
  return {
    "Content-Type": type,
    "Content-Disposition": `attachment; filename="${name}"`,
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
  };
}

const COLUMNS = [
  "seq",
  "time",
  "counted",
  "deviceId",
  "client",
  "protocol",
  "method",
  "tool",
  "outcome",
  "duration_ms",
  "upstream_calls",
  "bytes_in",
  "bytes_out",
  "requestId",
  "incident",
] as const satisfies (keyof ActivityEvent)[];

async function* pieces(
  session: WebSession,
  query: ActivityQuery,
  format: "csv" | "json",
): AsyncGenerator<string, void> {
  yield format === "csv" ? csvLine([...COLUMNS, "targets", "fields", "ids"]) : "[";
  let [cursor, first] = [undefined as string | undefined, true];
  do {
    const page = await session.user
      .desk()
      .activity({ ...query, ...(cursor === undefined ? {} : { cursor }) });
    if (!page.ok) throw new Error(`the export lost its place: ${page.error.message}`);
    const lines = page.value.events.map((event) => (format === "csv" ? asCsv(event) : JSON.stringify(event)));
    if (lines.length > 0)
      yield format === "csv" ? lines.join("") : `${first ? "\n" : ",\n"}${lines.join(",\n")}`;
    if (lines.length > 0) first = false;
    cursor = page.value.next ?? undefined;
  } while (cursor !== undefined);
  if (format === "json") yield "\n]\n";
}

function asCsv(event: ActivityEvent): string {
  const ids = Object.entries(event.ids).map(([name, value]) => `${name}=${value}`);
  return csvLine([
    ...COLUMNS.map((name) => event[name]),
    (event.targets ?? []).join(" "),
    event.fields.join(" "),
    ids.join(" "),
  ]);
}

/** Changes first: what was only read, and what clients ask of the server, is a choice away. */
function filterOf(c: AppContext, unless?: ActivityFilter["show"]): ActivityFilter {
  const tool = c.req.query("tool") ?? "";
  const show = c.req.query("show");
  return {
    device: c.req.query("device") ?? "",
    tool,
    show: show === "calls" || show === "all" ? show : (unless ?? "changes"),
  };
}

function queryOf({ device, tool, show }: ActivityFilter, limit: number): ActivityQuery {
  // Who chose a tool wants its calls, whatever it does.
  const only: ActivityKind | null = show === "all" || tool !== "" ? null : show;
  return {
    limit,
    ...(only === null ? {} : { only }),
    ...(device === "" ? {} : { deviceId: device }),
    ...(tool === "" ? {} : { tool }),
  };
}
