/**
 * Peer: the hops and rows of our tools/call without our code. Worker to object by fetch, a row, a request to ClickUp,
 * the row's end, the answer. What is left between this and ours is what our code costs.
 */
import { DurableObject } from "cloudflare:workers";

interface Env {
  FLOOR: DurableObjectNamespace;
}

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
  fetch(request, env) {
    return env.FLOOR.getByName(request.headers.get("x-user") ?? "one").fetch(request);
  },
} satisfies ExportedHandler<Env>;
