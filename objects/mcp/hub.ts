/**
 * The user's sessions and the streams clients listen on. Sessions are rows; those in use are also in memory
 * and are rebuilt from their row at the next request. Idle streams are hibernatable WebSockets to the entry
 * Worker, which holds the client's SSE response: they keep neither memory nor the object.
 */
import { LATEST_PROTOCOL_VERSION, SUPPORTED_PROTOCOL_VERSIONS } from "@modelcontextprotocol/server";
import { MAX_STREAMS_PER_SESSION, MAX_SUBSCRIPTIONS, MAX_URI_BYTES, SSE_RETRY_MS } from "../limits.ts";
import type { SessionKind, SessionRow, SessionStore } from "../stores/sessions.ts";
import { REVISION } from "../rpc/names.ts";
import { buildServer } from "./server.ts";
import { Session, STANDALONE, type Connections } from "./session.ts";
import { primingFrame } from "./sse.ts";
import type { Surface } from "./surface.ts";

/** What a socket remembers while the object is away. */
interface Attachment {
  sessionId: string;
  kind: "standalone" | "resumed";
  /** Order of opening within the session. */
  opened: number;
}

export class SessionHub implements Connections {
  readonly #state: Pick<DurableObjectState, "acceptWebSocket" | "getWebSockets">;
  readonly #store: SessionStore;
  readonly #surface: Surface;
  readonly #now_ms: () => number;
  readonly #live = new Map<string, Promise<Session>>();

  constructor(
    state: Pick<DurableObjectState, "acceptWebSocket" | "getWebSockets">,
    store: SessionStore,
    surface: Surface,
    now_ms: () => number,
  ) {
    this.#state = state;
    this.#store = store;
    this.#surface = surface;
    this.#now_ms = now_ms;
  }

  /** Opens a session for an initialize request; the request itself is then posted to it. */
  async open(
    kind: SessionKind,
    deviceId: string,
    initialize: { protocolVersion?: unknown },
  ): Promise<Session> {
    const now_ms = this.#now_ms();
    const row: SessionRow = {
      sessionId: crypto.randomUUID(),
      kind,
      deviceId,
      protocol: negotiated(initialize.protocolVersion),
      initialize,
      logLevel: null,
      subscriptions: [],
      created_ms: now_ms,
      last_seen_ms: now_ms,
    };
    for (const ousted of this.#store.add(row, now_ms)) this.#forget(ousted);
    const session = new Session(row, this.#store, this);
    await this.#server(session).connect(session);
    this.#live.set(row.sessionId, Promise.resolve(session));
    return session;
  }

  /**
   * @returns the session, rebuilt when the object was away; undefined when it does not exist, has been idle
   *   too long, or belongs to another device
   */
  async get(sessionId: string, deviceId: string): Promise<Session | undefined> {
    const row = this.#store.get(sessionId, this.#now_ms());
    if (row === undefined || row.deviceId !== deviceId) return undefined;
    let live = this.#live.get(sessionId);
    if (live === undefined) {
      live = this.#restore(row);
      this.#live.set(sessionId, live);
    }
    const session = await live;
    this.#store.seen(session.row, this.#now_ms());
    return session;
  }

  async #restore(row: SessionRow): Promise<Session> {
    const session = new Session(row, this.#store, this);
    await session.restore(this.#server(session));
    return session;
  }

  #server(session: Session): ReturnType<typeof buildServer> {
    const subscriptions = {
      add: (uri: string) => {
        const uris = new Set([...session.row.subscriptions, uri]);
        if (uri.length > MAX_URI_BYTES)
          return `Invalid params: a URI is at most ${MAX_URI_BYTES} characters.`;
        if (uris.size > MAX_SUBSCRIPTIONS)
          return `A session subscribes to ${MAX_SUBSCRIPTIONS} resources at most: unsubscribe from some first.`;
        this.#subscribe(session, [...uris]);
        return undefined;
      },
      delete: (uri: string) => {
        const left = session.row.subscriptions.filter((u) => u !== uri);
        this.#subscribe(session, left);
      },
    };
    return buildServer(this.#surface, (id) => session.exchange(id), { memory: { subscriptions } });
  }

  #subscribe(session: Session, uris: string[]): void {
    session.row.subscriptions = uris;
    this.#store.setSubscriptions(session.sessionId, uris);
  }

  /** An HTTP+SSE client initializes after its stream is open: what it said is kept to rebuild the session. */
  initialized(session: Session, initialize: { protocolVersion: string }): void {
    session.row.initialize = initialize;
    session.row.protocol = negotiated(initialize.protocolVersion);
    this.#store.setInitialize(session.sessionId, session.row.protocol, initialize);
  }

  /** Ends a session: its row, its log, its streams, the calls it is running. */
  end(sessionId: string): boolean {
    const existed = this.#store.remove(sessionId);
    this.#forget(sessionId);
    return existed;
  }

  /** Ends every session of a device that was stopped. */
  endDevice(deviceId: string): void {
    for (const row of this.#store.list(this.#now_ms()))
      if (row.deviceId === deviceId) this.end(row.sessionId);
  }

  /** Sends a notification to every session that wants it. */
  async notifyAll(message: { method: string; params?: Record<string, unknown> }): Promise<void> {
    for (const row of this.#store.list(this.#now_ms())) {
      const uri = message.params?.["uri"];
      if (message.method === "notifications/resources/updated" && !row.subscriptions.includes(String(uri)))
        continue;
      const session = await this.get(row.sessionId, row.deviceId);
      await session?.send({ jsonrpc: "2.0", ...message });
    }
  }

  /** Removes sessions idle too long. */
  expire(): void {
    for (const id of this.#store.expire(this.#now_ms())) this.#forget(id);
  }

  /**
   * Opens a stream to the entry Worker for a client's GET.
   * @param lastEventId where to resume; its stream's missed events come first
   * @returns 101 with the socket; undefined when the event id is not one of this session
   */
  connect(session: Session, lastEventId: string | null): Response | undefined {
    const from = lastEventId === null ? { streamId: STANDALONE, seq: undefined } : parseEventId(lastEventId);
    if (from === undefined) return undefined;
    const resumable = from.streamId === STANDALONE || session.stream(from.streamId) !== undefined;
    if (!resumable && !this.#store.knowsStream(session.sessionId, from.streamId)) return undefined;
    const standalone = from.streamId === STANDALONE;
    const { client, server } = this.#accept(session.sessionId, standalone ? "standalone" : "resumed");
    const sink = {
      write: (frame: string) => sendTo(server, frame),
      close: () => server.close(1000, "end"),
    };
    if (standalone && from.seq === undefined) {
      if (session.row.protocol >= REVISION.polling) {
        const seq = this.#store.append(session.sessionId, STANDALONE, "");
        sink.write(primingFrame(`${STANDALONE}~${seq}`, SSE_RETRY_MS));
      }
    } else {
      const state = session.resume(from.streamId, from.seq ?? 0, sink);
      if (!standalone && state === "ended") sink.close();
    }
    return new Response(null, { status: 101, webSocket: client });
  }

  /** Opens the one stream of an HTTP+SSE client; its first event names where messages are posted. */
  connectSse(session: Session, endpoint: string): Response {
    const { client, server } = this.#accept(session.sessionId, "standalone");
    sendTo(server, `event: endpoint\ndata: ${endpoint}\n\n`);
    return new Response(null, { status: 101, webSocket: client });
  }

  /** The client of a socket went away. An HTTP+SSE session is its stream, and ends with it. */
  disconnected(socket: WebSocket): void {
    const attachment = socket.deserializeAttachment() as Attachment | null;
    if (attachment === null) return;
    const row = this.#store.get(attachment.sessionId, this.#now_ms());
    if (row?.kind === "sse") this.end(row.sessionId);
  }

  sendStandalone(sessionId: string, frame: string): boolean {
    const sockets = this.#sockets(sessionId).filter((s) => s.attachment.kind === "standalone");
    // The newest is the one that is listening; an older one may be a connection that is already lost.
    for (const { socket } of sockets.reverse()) if (sendTo(socket, frame)) return true;
    return false;
  }

  closeStandalone(sessionId: string): void {
    for (const { socket, attachment } of this.#sockets(sessionId)) {
      if (attachment.kind === "standalone") socket.close(1000, "reconnect");
    }
  }

  #accept(sessionId: string, kind: Attachment["kind"]): { client: WebSocket; server: WebSocket } {
    const open = this.#sockets(sessionId);
    for (const { socket } of open.slice(0, Math.max(0, open.length - MAX_STREAMS_PER_SESSION + 1))) {
      socket.close(1000, "superseded");
    }
    const { 0: client, 1: server } = new WebSocketPair();
    this.#state.acceptWebSocket(server, [sessionId]);
    const attachment: Attachment = { sessionId, kind, opened: (open.at(-1)?.attachment.opened ?? 0) + 1 };
    server.serializeAttachment(attachment);
    return { client, server };
  }

  /** Open sockets of a session, oldest first. */
  #sockets(sessionId: string): { socket: WebSocket; attachment: Attachment }[] {
    return this.#state
      .getWebSockets(sessionId)
      .filter((socket) => socket.readyState === WebSocket.OPEN)
      .map((socket) => ({ socket, attachment: socket.deserializeAttachment() as Attachment }))
      .sort((a, b) => a.attachment.opened - b.attachment.opened);
  }

  #forget(sessionId: string): void {
    const live = this.#live.get(sessionId);
    this.#live.delete(sessionId);
    void live?.then((session) => session.close());
    for (const { socket } of this.#sockets(sessionId)) socket.close(1000, "session ended");
  }
}

/** The revision the SDK answers an initialize with: the one asked for, or the newest it knows. */
function negotiated(asked: unknown): string {
  return typeof asked === "string" && SUPPORTED_PROTOCOL_VERSIONS.includes(asked)
    ? asked
    : LATEST_PROTOCOL_VERSION;
}

/** Event ids are `stream~position`. */
function parseEventId(id: string): { streamId: string; seq: number } | undefined {
  const match = /^([A-Za-z0-9-]{1,64})~(\d{1,15})$/.exec(id);
  return match?.[1] === undefined ? undefined : { streamId: match[1], seq: Number(match[2]) };
}

function sendTo(socket: WebSocket, frame: string): boolean {
  if (socket.readyState !== WebSocket.OPEN) return false;
  socket.send(frame);
  return true;
}
