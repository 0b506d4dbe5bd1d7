/**
 * The answer to one POST of a session. It is plain JSON as long as only responses come; the first other
 * message (progress, logging, a question) turns it into an SSE stream whose events are logged, so that a
 * client that lost the connection resumes by Last-Event-ID.
 */
import type { JSONRPCMessage, RequestId } from "@modelcontextprotocol/server";
import { SSE_RETRY_MS } from "../limits.ts";
import { ReaderStream, messageFrame, primingFrame, SSE_HEADERS } from "./sse.ts";

/** Where frames of a stream go while somebody reads: the POST's own response, or a resumed GET. */
export interface Sink {
  /** @returns false when nobody reads any more */
  write(frame: string): boolean;
  close(): void;
}

export interface StreamLog {
  append(streamId: string, message: string): number;
}

export class PostStream {
  readonly id: string;
  readonly response: Promise<Response>;
  readonly #log: StreamLog;
  readonly #headers: Record<string, string>;
  readonly #batch: boolean;
  readonly #mayStream: boolean;
  readonly #priming: boolean;
  readonly #pending: Set<RequestId>;
  readonly #onEnd: () => void;
  #responses: string[];
  #streaming = false;
  #sink: Sink | undefined;
  #resolve: (response: Response) => void = () => undefined;

  /**
   * @param options.priming whether the negotiated revision knows priming events (2025-11-25 on)
   * @param options.ids of the requests; none may be there twice
   * @param options.early responses that are known already
   * @param options.mayStream whether the client's Accept allows SSE
   */
  constructor(
    options: {
      id: string;
      ids: readonly RequestId[];
      early: readonly JSONRPCMessage[];
      batch: boolean;
      mayStream: boolean;
      priming: boolean;
    },
    log: StreamLog,
    headers: Record<string, string>,
    onEnd: () => void,
  ) {
    this.id = options.id;
    this.#log = log;
    this.#headers = headers;
    this.#batch = options.batch;
    this.#mayStream = options.mayStream;
    this.#priming = options.priming;
    this.#pending = new Set(options.ids);
    this.#responses = options.early.map((message) => JSON.stringify(message));
    this.#onEnd = onEnd;
    this.response = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    if (this.#pending.size === 0) this.#endIfDone();
  }

  /** Sends something that is not a response. @returns false when this client cannot receive it */
  emit(message: JSONRPCMessage): boolean {
    if (!this.#stream()) return false;
    this.#frame(JSON.stringify(message));
    return true;
  }

  /** Sends the response of one request; the last one ends the stream. */
  respond(id: RequestId, message: JSONRPCMessage): void {
    if (!this.#pending.delete(id)) return;
    const text = JSON.stringify(message);
    if (this.#streaming) this.#frame(text);
    else this.#responses.push(text);
    this.#endIfDone();
  }

  /** A request that will have no response (it was cancelled). */
  drop(id: RequestId): void {
    if (!this.#pending.delete(id)) return;
    this.#endIfDone();
  }

  /** Lets the client come back for the rest by GET with Last-Event-ID (SSE polling). */
  disconnect(): void {
    if (!this.#stream()) return;
    this.#sink?.close();
    this.#sink = undefined;
  }

  /** A resumed GET takes over from whatever connection there was. */
  attach(sink: Sink): void {
    this.#sink?.close();
    this.#sink = sink;
  }

  #stream(): boolean {
    if (this.#streaming) return true;
    if (!this.#mayStream) return false;
    this.#streaming = true;
    const direct = new ReaderStream(() => {
      if (this.#sink === direct) this.#sink = undefined;
    });
    this.#sink = direct;
    this.#resolve(new Response(direct.body, { headers: { ...SSE_HEADERS, ...this.#headers } }));
    const start = this.#log.append(this.id, "");
    if (this.#priming) direct.write(primingFrame(`${this.id}~${start}`, SSE_RETRY_MS));
    for (const text of this.#responses) this.#frame(text);
    this.#responses = [];
    return true;
  }

  #frame(text: string): void {
    const seq = this.#log.append(this.id, text);
    if (this.#sink?.write(messageFrame(text, `${this.id}~${seq}`)) === false) this.#sink = undefined;
  }

  #endIfDone(): void {
    if (this.#pending.size > 0) return;
    if (this.#streaming) {
      this.#sink?.close();
      this.#sink = undefined;
    } else if (this.#responses.length === 0) {
      this.#resolve(new Response("", { headers: { ...SSE_HEADERS, ...this.#headers } }));
    } else {
      const text = this.#batch ? `[${this.#responses.join(",")}]` : (this.#responses[0] ?? "");
      this.#resolve(
        new Response(text, { headers: { "Content-Type": "application/json", ...this.#headers } }),
      );
    }
    this.#onEnd();
  }
}
