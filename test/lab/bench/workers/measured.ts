/**
 * The product with a counter at its storage: rows as the runtime counts them for the bill, and the life of an
 * object, which changes when it was evicted.
 */
import worker, { UserObject as Product } from "../../../../worker/index.ts";
import { SPACE } from "./clickup.ts";

/** Where the hierarchy of the benchmark's Workspace is kept (tools/resolve/hierarchy.ts). */
const TREE = "hierarchy:9001:tree";

interface Rows {
  read: number;
  written: number;
  alarms: number;
}

const cursors: { rowsRead: number; rowsWritten: number }[] = [];
let total: Rows = { read: 0, written: 0, alarms: 0 };
let patched = false;

/**
 * Cursors go on counting while they are read, which is done at once; they belong to a life of their object and cannot
 * be asked by the next.
 */
function sumCursors(): void {
  for (const { rowsRead, rowsWritten } of cursors.splice(0)) {
    total.read += rowsRead;
    total.written += rowsWritten;
  }
}

function takeRows(): Rows {
  const taken = total;
  total = { read: 0, written: 0, alarms: 0 };
  return taken;
}

function patch(storage: DurableObjectStorage): void {
  if (patched) return;
  patched = true;
  const sql = Object.getPrototypeOf(storage.sql) as SqlStorage;
  const exec = Reflect.get(sql, "exec");
  sql.exec = function counted(this: SqlStorage, ...args: Parameters<SqlStorage["exec"]>) {
    const cursor = exec.apply(this, args);
    if (cursors.push(cursor) === 1) queueMicrotask(sumCursors);
    return cursor;
  } as SqlStorage["exec"];
  const prototype = Object.getPrototypeOf(storage) as DurableObjectStorage;
  const setAlarm = Reflect.get(prototype, "setAlarm");
  prototype.setAlarm = function counted(this: DurableObjectStorage, ...args: Parameters<typeof setAlarm>) {
    total.alarms++;
    return setAlarm.apply(this, args);
  };
}

export class UserObject extends Product {
  readonly #life = crypto.randomUUID();

  constructor(ctx: DurableObjectState, env: Cloudflare.Env) {
    patch(ctx.storage);
    super(ctx, env);
  }

  life(): string {
    return this.#life;
  }

  rows(): Rows {
    return takeRows();
  }

  /** Puts finished events before what comes next, as a long trouble with R2 would leave them. */
  async backlog(events: number): Promise<void> {
    const { sql } = this.ctx.storage;
    const from = Number(sql.exec("SELECT coalesce(max(seq), 0) AS seq FROM journal").one()["seq"]);
    const t_ms = Date.now() - 3_600_000;
    sql.exec(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
       INSERT INTO journal (seq, t_ms, counted, device_id, method, tool, started, outcome, finished)
       SELECT ? + i, ?, 1, 'd', 'tools/call', 'clickup_space_get',
         '{"requestId":"r","client":"bench","protocol":"2025-11-25","fields":[],"ids":{},"bytes_in":150}', 'ok',
         '{"duration_ms":1,"upstream_calls":1,"bytes_out":500,"targets":[]}' FROM n`,
      events,
      from,
      t_ms,
    );
    await this.#restart();
  }

  /** Keeps the hierarchy of a Workspace, as a listing or a search by name leaves it. @param lists in its one Space */
  async places(lists: number): Promise<void> {
    const { id, name } = SPACE;
    const within = Array.from({ length: lists }, (_, i) => ({
      id: String(70_000_000 + i),
      name: `List ${i}`,
    }));
    const kept = { at_ms: Date.now(), value: [{ id, name, folders: [], lists: within }] };
    this.ctx.storage.sql.exec(
      "INSERT OR REPLACE INTO cache (key, value, expires_ms) VALUES (?, ?, ?)",
      TREE,
      JSON.stringify(kept),
      Date.now() + 3_600_000,
    );
    await this.#restart();
  }

  /** What `backlog` and `places` left. */
  kept(): { events: number; lists: number } {
    const { sql } = this.ctx.storage;
    const events = Number(sql.exec("SELECT count(*) AS n FROM journal").one()["n"]);
    const [tree] = sql.exec<{ value: string }>("SELECT value FROM cache WHERE key = ?", TREE).toArray();
    const { value } = JSON.parse(tree?.value ?? '{"value":[]}') as { value: { lists: unknown[] }[] };
    return { events, lists: value[0]?.lists.length ?? 0 };
  }

  /** Its stores keep what they have read in memory. An abort takes back what is not on the disk yet. */
  async #restart(): Promise<void> {
    await this.ctx.storage.sync();
    this.ctx.abort("restart");
  }
}

/** The class as its stub offers it. */
interface Remote {
  life(): Promise<string>;
  rows(): Promise<Rows>;
  backlog(events: number): Promise<void>;
  places(lists: number): Promise<void>;
  kept(): Promise<{ events: number; lists: number }>;
}

export default {
  async fetch(request, env, ctx) {
    const url = new URL(request.url);
    if (!url.pathname.startsWith("/measure/")) return worker.fetch(request, env, ctx);
    const user = url.searchParams.get("user") ?? "";
    const remote = (): Remote => env.USER.getByName(user) as unknown as Remote;
    const object = remote();
    switch (url.pathname) {
      case "/measure/life":
        return new Response(await object.life());
      case "/measure/rows":
        return Response.json(await object.rows());
      case "/measure/places":
        await object.places(Number(url.searchParams.get("lists"))).catch(() => undefined);
        return Response.json(await remote().kept());
      default:
        await object.backlog(Number(url.searchParams.get("events"))).catch(() => undefined);
        return Response.json(await remote().kept());
    }
  },
} satisfies ExportedHandler<Parameters<typeof worker.fetch>[1]>;
