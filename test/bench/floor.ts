/**
 * Peer: the hop and the rows of ours without our code. A tools/call is one RPC call, a row, what ClickUp answers (in
 * the isolate, or as a request of its own), the row's end, the answer; a tools/list is one RPC call, a row, and bytes
 * that were there before. What is left between these and ours is what our code costs.
 */
import { DurableObject } from "cloudflare:workers";
import { preparedToolList } from "../../tools/catalog.ts";
import { clickUpAnswer } from "./clickup.ts";

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

  /** @param inside true: ClickUp answers here */
  async call(text: string, inside: boolean): Promise<string> {
    const message = JSON.parse(text) as { id: number; params: { arguments: { space: string } } };
    const { sql } = this.ctx.storage;
    const seq = ++this.#seq;
    sql.exec("INSERT INTO log (seq, started) VALUES (?, ?)", seq, JSON.stringify(message.params));
    const url = `https://api.clickup.test/api/v2/space/${message.params.arguments.space}`;
    const answer = inside ? clickUpAnswer(url, null) : await fetch(url);
    const structuredContent = await answer.json();
    sql.exec("UPDATE log SET finished = ? WHERE seq = ?", "ok", seq);
    return JSON.stringify({ jsonrpc: "2.0", id: message.id, result: { content: [], structuredContent } });
  }
}

const JSON_TYPE = { headers: { "Content-Type": "application/json" } };

export default {
  async fetch(request, env) {
    const stub = env.FLOOR.getByName(request.headers.get("x-user") ?? "one");
    const text = await request.text();
    const work = request.headers.get("x-work");
    if (work !== "list") return new Response(await stub.call(text, work === "inside"), JSON_TYPE);
    await stub.list(text);
    return new Response(LIST, JSON_TYPE);
  },
} satisfies ExportedHandler<Env>;
