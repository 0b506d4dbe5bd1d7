/** One MCP session in memory: the SDK's server, and the transport between it and HTTP. */
import { AsyncLocalStorage } from "node:async_hooks";
import {
  isJSONRPCErrorResponse,
  isJSONRPCNotification,
  isJSONRPCRequest,
  isJSONRPCResultResponse,
  type JSONRPCMessage,
  type JSONRPCRequest,
  type MessageExtraInfo,
  type RequestId,
  type Server,
  type Transport,
  type TransportSendOptions,
} from "@modelcontextprotocol/server";
import type { Exchange } from "./exchange.ts";
import { PostStream, type Sink } from "./post-stream.ts";
import { REVISION } from "../rpc/names.ts";
import { messageFrame } from "./sse.ts";
import type { SessionRow, SessionStore } from "../stores/sessions.ts";

/** Stream id of messages that belong to no request; clients listen to it by GET. */
export const STANDALONE = "s";
/**
 * The request of a client that code runs for. The SDK does not say which one a question to the client belongs to, and
 * it has to go on that request's stream: a client need not listen to any other.
 */
const running = new AsyncLocalStorage<{ session: Session; id: RequestId }>();

export interface Connections {
  /** Sends a frame on the session's newest idle stream. @returns false when none is open */
  sendStandalone(sessionId: string, frame: string): boolean;
  closeStandalone(sessionId: string): void;
}

export class Session implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: <T extends JSONRPCMessage>(message: T, extra?: MessageExtraInfo) => void;
  readonly row: SessionRow;
  readonly sessionId: string;
  readonly #store: SessionStore;
  readonly #connections: Connections;
  readonly #streams = new Map<string, PostStream>();
  readonly #streamOf = new Map<RequestId, PostStream>();
  readonly #exchanges = new Map<RequestId, Exchange>();
  /** Ids of messages we feed ourselves when the session is rebuilt, until the server has answered them. */
  readonly #fed = new Set<RequestId>();
  /** Log levels asked for, until the server has accepted them. */
  readonly #levels = new Map<RequestId, string>();

  constructor(row: SessionRow, store: SessionStore, connections: Connections) {
    this.row = row;
    this.sessionId = row.sessionId;
    this.#store = store;
    this.#connections = connections;
  }

  /** Connects the server and brings it to where the session was: initialized, with its log level. */
  async restore(server: Server): Promise<void> {
    await server.connect(this);
    this.#feed("initialize", this.row.initialize);
    this.onmessage?.({ jsonrpc: "2.0", method: "notifications/initialized" });
    if (this.row.logLevel !== null) this.#feed("logging/setLevel", { level: this.row.logLevel });
  }

  async start(): Promise<void> {}

  async close(): Promise<void> {
    for (const exchange of this.#exchanges.values()) {
      exchange.cancel();
      exchange.end(0, "cancelled");
    }
    this.#exchanges.clear();
    for (const [id, stream] of this.#streamOf) stream.drop(id);
    this.onclose?.();
  }

  /**
   * Does the work of a request without the server. Its id is taken meanwhile, and the client may cancel it.
   * @returns undefined when it was cancelled or the session ended: then it gets no response
   */
  async direct<T>(id: RequestId, exchange: Exchange, work: () => Promise<T>): Promise<T | undefined> {
    this.#exchanges.set(id, exchange);
    const goesOn = (): boolean => this.#exchanges.get(id) === exchange;
    try {
      const answer = await work();
      return goesOn() ? answer : undefined;
    } finally {
      if (goesOn()) this.#exchanges.delete(id);
    }
  }

  /** The admitted request a handler of the server runs for. */
  exchange(id: RequestId): Exchange | undefined {
    return this.#exchanges.get(id);
  }

  inFlight(id: RequestId): boolean {
    return this.#streamOf.has(id) || this.#exchanges.has(id);
  }

  stream(streamId: string): PostStream | undefined {
    return this.#streams.get(streamId);
  }

  /** Hands notifications and responses of the client to the server. */
  deliver(message: JSONRPCMessage): void {
    if (isJSONRPCNotification(message) && message.method === "notifications/cancelled") {
      const id = (message.params as { requestId?: RequestId } | undefined)?.requestId;
      this.onmessage?.(message);
      if (id !== undefined) this.#cancelled(id);
      return;
    }
    this.onmessage?.(message);
  }

  /** Runs the requests of one POST and answers it: with JSON, or a stream when something comes midway. */
  post(
    requests: readonly { message: JSONRPCRequest; exchange: Exchange }[],
    options: {
      batch: boolean;
      mayStream: boolean;
      headers: Record<string, string>;
      early: readonly JSONRPCMessage[];
    },
  ): Promise<Response> {
    const streamId = crypto.randomUUID();
    const stream = new PostStream(
      {
        id: streamId,
        ids: requests.map(({ message }) => message.id),
        early: options.early,
        batch: options.batch,
        mayStream: options.mayStream,
        priming: this.row.protocol >= REVISION.polling,
      },
      { append: (streamId, text) => this.#store.append(this.sessionId, streamId, text) },
      options.headers,
      () => this.#streams.delete(streamId),
    );
    if (requests.length === 0) return stream.response;
    this.#streams.set(stream.id, stream);
    for (const { message, exchange } of requests) {
      this.#streamOf.set(message.id, stream);
      this.#admit(message, exchange);
    }
    for (const { message } of requests) {
      running.run({ session: this, id: message.id }, () =>
        this.onmessage?.(message, {
          closeSSEStream: () => stream.disconnect(),
          closeStandaloneSSEStream: () => this.#connections.closeStandalone(this.sessionId),
        }),
      );
    }
    return stream.response;
  }

  /** A request without its HTTP answer: the response goes to the session's stream (HTTP+SSE). */
  push(message: JSONRPCRequest, exchange: Exchange): void {
    this.#admit(message, exchange);
    this.onmessage?.(message);
  }

  async send(message: JSONRPCMessage, options?: TransportSendOptions): Promise<void> {
    if (isJSONRPCResultResponse(message) || isJSONRPCErrorResponse(message)) {
      const { id } = message;
      if (id === undefined || this.#fed.delete(id)) return;
      const exchange = this.#exchanges.get(id);
      // Handlers of tools end their exchange themselves; the others end with their response.
      exchange?.end(0, isJSONRPCErrorResponse(message) ? "protocol_error" : undefined);
      this.#exchanges.delete(id);
      this.#keepLevel(id, isJSONRPCResultResponse(message));
      const stream = this.#streamOf.get(id);
      this.#streamOf.delete(id);
      if (stream !== undefined) stream.respond(id, message);
      else if (this.row.kind === "sse") this.#standalone(message);
      return;
    }
    const question = isJSONRPCRequest(message);
    const related = options?.relatedRequestId ?? (question ? this.#asking() : undefined);
    const stream = related === undefined ? undefined : this.#streamOf.get(related);
    if (stream?.emit(message) === true) return;
    // What belongs to a request whose client takes no stream there is left out, a question apart.
    if (stream !== undefined && !question) return;
    if (this.#standalone(message) || !question || this.row.kind === "sse") return;
    throw new Error("the client listens to no stream, so it cannot be asked");
  }

  /** The client's request that the running code answers. */
  #asking(): RequestId | undefined {
    const request = running.getStore();
    return request?.session === this ? request.id : undefined;
  }

  /** Replays what was sent on a stream after a position, and keeps the sink if more will come. */
  resume(streamId: string, after: number, sink: Sink): "live" | "ended" {
    for (const { seq, message } of this.#store.after(this.sessionId, streamId, after)) {
      sink.write(messageFrame(message, `${streamId}~${seq}`));
    }
    const stream = this.#streams.get(streamId);
    if (stream === undefined) return "ended";
    stream.attach(sink);
    return "live";
  }

  #admit(message: JSONRPCRequest, exchange: Exchange): void {
    this.#exchanges.set(message.id, exchange);
    if (message.method !== "logging/setLevel") return;
    const level = message.params?.["level"];
    if (typeof level === "string") this.#levels.set(message.id, level);
  }

  /** The server holds the level in memory only; the row brings it back when the session is rebuilt. */
  #keepLevel(id: RequestId, accepted: boolean): void {
    const level = this.#levels.get(id);
    if (level === undefined) return;
    this.#levels.delete(id);
    if (!accepted) return;
    this.row.logLevel = level;
    this.#store.setLogLevel(this.sessionId, level);
  }

  /** @returns false when nobody listens right now; a client that comes back with Last-Event-ID gets it then */
  #standalone(message: JSONRPCMessage): boolean {
    const text = JSON.stringify(message);
    if (this.row.kind === "sse") return this.#connections.sendStandalone(this.sessionId, messageFrame(text));
    const seq = this.#store.append(this.sessionId, STANDALONE, text);
    return this.#connections.sendStandalone(this.sessionId, messageFrame(text, `${STANDALONE}~${seq}`));
  }

  /** The server sends no response to a cancelled request; its exchange and its stream end here. */
  #cancelled(id: RequestId): void {
    const exchange = this.#exchanges.get(id);
    if (exchange === undefined) return;
    exchange.cancel();
    exchange.end(0, "cancelled");
    this.#exchanges.delete(id);
    const stream = this.#streamOf.get(id);
    this.#streamOf.delete(id);
    stream?.drop(id);
  }

  #feed(method: string, params: unknown): void {
    // An id that no client can know before it is over.
    const id = crypto.randomUUID();
    this.#fed.add(id);
    this.onmessage?.({ jsonrpc: "2.0", id, method, params } as JSONRPCRequest);
  }
}
