/**
 * Peer: the hops and rows of ours without our code. A tools/call is Worker to object by fetch, a row, a request to
 * ClickUp, the row's end, the answer; a tools/list is one RPC call, a row, and bytes that were there before. What is
 * left between these and ours is what our code costs.
 */
import { DurableObject } from "cloudflare:workers";
import { preparedToolList } from "../../tools/catalog.ts";

interface Env {
  FLOOR: DurableObjectNamespace<FloorObject>;
}

const { json } = preparedToolList("premium", { access: "write", toolSets: null });
const LIST = new TextEncoder().encode(`{"jsonrpc":"2.0","id":7,"result":{"tools":${json}}}`);

export class FloorObject extends DurableObject {
  #seq: number;

  constructor(ctx: DurableObjectState, env: Cloudflare.Env) {
    super(ctx, env);
    const { sql } = ctx.storage;
    sql.exec(
      "CREATE TABLE IF NOT EXISTS log (seq INTEGER PRIMARY KEY, started TEXT NOT NULL, finished TEXT)",
    );
    this.#seq = Number(sql.exec("SELECT coalesce(max(seq), 0) AS seq FROM log").one()["seq"]);
  }

  list(text: string): void {
    const message = JSON.parse(text) as { method: string };
    const seq = ++this.#seq;
    const row = [seq, message.method, "ok"];
    this.ctx.storage.sql.exec("INSERT INTO log (seq, started, finished) VALUES (?, ?, ?)", ...row);
  }

  override async fetch(request: Request): Promise<Response> {
    const message = (await request.json()) as { id: number; params: { arguments: { space: string } } };
    const { sql } = this.ctx.storage;
    const seq = ++this.#seq;
    sql.exec("INSERT INTO log (seq, started) VALUES (?, ?)", seq, JSON.stringify(message.params));
    const answer = await fetch(`https://api.clickup.test/api/v2/space/${message.params.arguments.space}`);
    const structuredContent = await answer.json();
    sql.exec("UPDATE log SET finished = ? WHERE seq = ?", "ok", seq);
    return Response.json({ jsonrpc: "2.0", id: message.id, result: { content: [], structuredContent } });
  }
}

export default {
  async fetch(request, env) {
    const stub = env.FLOOR.getByName(request.headers.get("x-user") ?? "one");
    if (!request.headers.has("x-list")) return stub.fetch(request);
    await stub.list(await request.text());
    return new Response(LIST, { headers: { "Content-Type": "application/json" } });
  },
} satisfies ExportedHandler<Env>;
