/**
 * Peer: the hop and the rows of ours without our code. A tools/call is one RPC call, a row, what ClickUp answers (in
 * the isolate, or as a request of its own), the row's end, the answer; a tools/list is one RPC call, a row, and bytes
 * that were there before. A recorded one also has the answer's headers, a log line, and its share of a batch for R2.
 * What is left between these and ours is what our code costs.
 */
import { Buffer } from "node:buffer";
import { DurableObject } from "cloudflare:workers";
import { preparedToolList } from "../../../../tools/catalog.ts";
import { clickUpAnswer } from "./clickup.ts";

interface Env {
  FLOOR: DurableObjectNamespace<FloorObject>;
  AUDIT_LOGS: R2Bucket;
}

/** Events of a batch, as ours. */
const BATCH = 50;
const LIMIT = 100_000;

const { json } = preparedToolList("premium", { access: "write", toolSets: null });
const LIST = new TextEncoder().encode(`{"jsonrpc":"2.0","id":7,"result":{"tools":${json}}}`);

export class FloorObject extends DurableObject<Env> {
  #seq: number;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    const { sql } = ctx.storage;
    sql.exec(
      "CREATE TABLE IF NOT EXISTS log (seq INTEGER PRIMARY KEY, started TEXT NOT NULL, finished TEXT)",
    );
    sql.exec(
      "CREATE TABLE IF NOT EXISTS batch (id INTEGER PRIMARY KEY, body TEXT NOT NULL, sha256 TEXT NOT NULL)",
    );
    sql.exec("CREATE TABLE IF NOT EXISTS stored (id INTEGER PRIMARY KEY, seq INTEGER NOT NULL)");
    this.#seq = Number(sql.exec("SELECT coalesce(max(seq), 0) AS seq FROM log").one()["seq"]);
  }

  list(text: string, recorded: boolean): number {
    const message = JSON.parse(text) as { method: string };
    const seq = ++this.#seq;
    const row = [seq, message.method, "ok"];
    this.ctx.storage.sql.exec("INSERT INTO log (seq, started, finished) VALUES (?, ?, ?)", ...row);
    if (recorded && seq % BATCH === 0) this.ctx.waitUntil(this.#store(seq));
    return seq;
  }

  /** A call, and how much of the limit is left. */
  async recorded(text: string): Promise<{ text: string; remaining: number }> {
    const answer = await this.#answer(text, true);
    if (answer.seq % BATCH === 0) this.ctx.waitUntil(this.#store(answer.seq));
    return { text: answer.text, remaining: LIMIT - (answer.seq % BATCH) };
  }

  /** The batch is durable before it is put, as one object; then its rows go. */
  async #store(seq: number): Promise<void> {
    const { sql } = this.ctx.storage;
    const rows = sql.exec("SELECT * FROM log WHERE seq > ? AND seq <= ?", seq - BATCH, seq);
    const body = JSON.stringify(rows.toArray());
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(body));
    const sha256 = Buffer.from(digest).toString("hex");
    sql.exec("INSERT INTO batch (id, body, sha256) VALUES (?, ?, ?)", seq, body, sha256);
    await this.env.AUDIT_LOGS.put(`${this.ctx.id.toString()}/${seq}`, body, { sha256 });
    this.ctx.storage.transactionSync(() => {
      sql.exec("DELETE FROM batch WHERE id = ?", seq);
      sql.exec("INSERT OR REPLACE INTO stored (id, seq) VALUES (1, ?)", seq);
      sql.exec("DELETE FROM log WHERE seq <= ?", seq);
    });
  }

  /** @param inside true: ClickUp answers here */
  async call(text: string, inside: boolean): Promise<string> {
    return (await this.#answer(text, inside)).text;
  }

  async #answer(text: string, inside: boolean): Promise<{ text: string; seq: number }> {
    const message = JSON.parse(text) as { id: number; params: { arguments: { space: string } } };
    const { sql } = this.ctx.storage;
    const seq = ++this.#seq;
    sql.exec("INSERT INTO log (seq, started) VALUES (?, ?)", seq, JSON.stringify(message.params));
    const url = `https://api.clickup.test/api/v2/space/${message.params.arguments.space}`;
    const answer = inside ? clickUpAnswer(url, null) : await fetch(url);
    const structuredContent = await answer.json();
    sql.exec("UPDATE log SET finished = ? WHERE seq = ?", "ok", seq);
    const result = { content: [], structuredContent };
    return { text: JSON.stringify({ jsonrpc: "2.0", id: message.id, result }), seq };
  }
}

const JSON_TYPE = { headers: { "Content-Type": "application/json" } };

/** An answer as ours has it, and the line that says what was answered. */
function logged(body: string | Uint8Array, work: string, remaining: number): Response {
  const requestId = crypto.randomUUID();
  console.info(
    JSON.stringify({ level: "info", event: "request", requestId, route: "/mcp", status: 200, work }),
  );
  const headers = {
    "Content-Type": "application/json",
    "X-Request-Id": requestId,
    Vary: "Origin",
    "RateLimit-Policy": `"user";q=${LIMIT};w=60`,
    RateLimit: `"user";r=${remaining};t=60`,
    "X-RateLimit-Limit": String(LIMIT),
    "X-RateLimit-Remaining": String(remaining),
    "X-RateLimit-Reset": String(Math.ceil(Date.now() / 1000) + 60),
  };
  return new Response(body, { headers });
}

export default {
  async fetch(request, env) {
    const stub = env.FLOOR.getByName(request.headers.get("x-user") ?? "one");
    const text = await request.text();
    const work = request.headers.get("x-work") ?? "fetch";
    switch (work) {
      case "recorded": {
        const answer = await stub.recorded(text);
        return logged(answer.text, work, answer.remaining);
      }
      case "list":
        await stub.list(text, false);
        return new Response(LIST, JSON_TYPE);
      case "recorded-list":
        return logged(LIST, work, LIMIT - ((await stub.list(text, true)) % BATCH));
      default:
        return new Response(await stub.call(text, work === "inside"), JSON_TYPE);
    }
  },
} satisfies ExportedHandler<Env>;
