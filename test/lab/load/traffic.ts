/** Calls over kept connections, each answer held against the user it belongs to. */
import { END_WITHIN_MS } from "../proof/caller.ts";
import { Connection, parseAnswer, postBytes } from "../workerd/connection.ts";
import type { LoadUser, Session } from "./people.ts";

const PROTOCOL = "2025-11-25";
const SPACE = "90120001";
/** Findings of a kind that are kept. */
const KEPT = 20;

export interface Job {
  user: LoadUser;
  /** One of the user's. */
  session: Session;
  method: "tools/call" | "ping";
}

export type Fault = "cross_talk" | "wrong_answers" | "untimed_refusals" | "cut_off" | "hung";

export class Traffic {
  calls = 0;
  answered = 0;
  refused = 0;
  /** Of pings, which have a limit of their own. */
  readonly pings = { answered: 0, refused: 0 };
  readonly faults: Record<Fault, number> = {
    cross_talk: 0,
    wrong_answers: 0,
    untimed_refusals: 0,
    cut_off: 0,
    hung: 0,
  };
  /** The first of them, for people. */
  readonly examples: string[] = [];
  /** How many requests took how many ms. */
  readonly #took = new Uint32Array(END_WITHIN_MS + 1);
  readonly #url: string;

  constructor(origin: string) {
    this.#url = `${origin}/mcp`;
  }

  /** Works on jobs over `connections` until `next` has none. */
  async run(connections: number, next: () => Job | undefined): Promise<void> {
    await Promise.all(
      Array.from({ length: connections }, async () => {
        let connection: Connection | undefined;
        for (let job = next(); job !== undefined; job = next()) {
          if (connection === undefined || connection.closed) connection = this.#connect();
          if (!(await this.#once(connection, job))) {
            connection.close();
            connection = undefined;
          }
        }
        connection?.close();
      }),
    );
  }

  /** Below which the share of all requests ended, ms. */
  quantile_ms(share: number): number {
    const wanted = share * this.#took.reduce((a, b) => a + b, 0);
    let seen = 0;
    return this.#took.findIndex((count) => (seen += count) >= wanted);
  }

  #connect(): Connection {
    const { hostname, port } = new URL(this.#url);
    return new Connection(hostname, Number(port));
  }

  /** @returns false when the connection is of no use any more */
  async #once(connection: Connection, { user, session, method }: Job): Promise<boolean> {
    const id = ++this.calls;
    const { id: sessionId, bearer } = session;
    const params =
      method === "ping" ? {} : { params: { name: "clickup_space_get", arguments: { space: SPACE } } };
    const { bytes } = postBytes(
      this.#url,
      { jsonrpc: "2.0", id, method, ...params },
      {
        Accept: "application/json, text/event-stream",
        Authorization: `Bearer ${bearer}`,
        "Mcp-Session-Id": sessionId,
        "MCP-Protocol-Version": PROTOCOL,
      },
    );
    const sent_ms = Date.now();
    const ended = await connection.sendInTime(bytes, END_WITHIN_MS);
    const span = { sent_ms, ended_ms: Date.now() };
    const took_ms = Math.min(END_WITHIN_MS, span.ended_ms - sent_ms);
    this.#took[took_ms] = (this.#took[took_ms] ?? 0) + 1;
    if (typeof ended === "string") {
      this.#fault(ended === "hung" ? "hung" : "cut_off", `${user.userId}, request ${id}`);
      return false;
    }
    const { text } = ended;
    const { status, headers, body } = parseAnswer(text);
    if (status === 429 || status === 503) {
      if (!(Number(headers.get("retry-after")) > 0)) this.#fault("untimed_refusals", text.slice(0, 300));
      if (method === "ping") this.pings.refused++;
      else {
        this.refused++;
        if (status === 429) user.refused.push(span);
      }
      return true;
    }
    const message = status === 200 ? (JSON.parse(body) as { id?: unknown; result?: unknown }) : {};
    if (message.id !== id || message.result === undefined) {
      this.#fault("wrong_answers", `request ${id}: ${text.slice(0, 400)}`);
      return true;
    }
    const spaces = new Set(body.match(/Space of \d+/g));
    const foreign = [...spaces].some((space) => space !== user.space);
    if (foreign || headers.get("mcp-session-id") !== sessionId) this.#fault("cross_talk", text.slice(0, 400));
    if (method === "ping") {
      this.pings.answered++;
      return true;
    }
    if (spaces.size === 0) this.#fault("wrong_answers", body.slice(0, 300));
    this.answered++;
    user.answered.push(span);
    return true;
  }

  #fault(kind: Fault, what: string): void {
    this.faults[kind]++;
    if (this.examples.length < KEPT) this.examples.push(`${kind}: ${what}`);
  }
}
