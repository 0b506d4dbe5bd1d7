/**
 * `subscriptions/listen` of 2026-07-28: a stream of the changes a client asked for. The SDK checks the request and
 * says what is honoured; the stream itself is a hibernatable socket to the entry Worker, so listening is free and
 * outlives the object's sleep. What is listened for stands in the socket's attachment.
 */
import { SUBSCRIPTION_ID_META_KEY, type RequestId } from "@modelcontextprotocol/server";
import { MAX_LISTEN_FILTER_BYTES, MAX_LISTEN_STREAMS } from "../limits.ts";
import { messageFrame } from "./sse.ts";

/** Tag of these sockets among the object's others. */
const LISTEN = "listen";

interface Honored {
  toolsListChanged?: boolean;
  promptsListChanged?: boolean;
  resourcesListChanged?: boolean;
  resourceSubscriptions?: string[];
}

interface Attachment {
  listen: { id: RequestId; honored: Honored; deviceId: string; opened: number };
}

export interface Change {
  method: string;
  params?: Record<string, unknown>;
}

export class Listeners {
  readonly #state: Pick<DurableObjectState, "acceptWebSocket" | "getWebSockets">;

  constructor(state: Pick<DurableObjectState, "acceptWebSocket" | "getWebSockets">) {
    this.#state = state;
  }

  /**
   * Moves a stream the SDK opened onto a socket.
   * @param opened the SDK's answer to the request; anything but a stream is returned as it is
   */
  async adopt(opened: Response, deviceId: string): Promise<Response> {
    const streams = opened.headers.get("content-type")?.startsWith("text/event-stream") === true;
    if (!streams || opened.body === null) return opened;
    const reader = opened.body.getReader();
    const decoder = new TextDecoder();
    const frame = decoder.decode((await reader.read()).value);
    const acknowledged = acknowledgement(frame);
    if (acknowledged === undefined) {
      // Nothing of what was asked for is offered: the SDK acknowledges that and ends the stream.
      const rest = decoder.decode((await reader.read()).value);
      await reader.cancel();
      return new Response(frame + rest, { headers: opened.headers });
    }
    await reader.cancel();
    const { id, honored } = acknowledged;
    if (JSON.stringify(honored).length > MAX_LISTEN_FILTER_BYTES) {
      const error = { code: -32602, message: "Too many resources for one subscription; use several." };
      return Response.json({ jsonrpc: "2.0", id, error });
    }
    const sockets = this.#sockets();
    for (const { socket } of sockets.slice(0, Math.max(0, sockets.length - MAX_LISTEN_STREAMS + 1))) {
      socket.close(1000, "superseded");
    }
    const { 0: client, 1: server } = new WebSocketPair();
    this.#state.acceptWebSocket(server, [LISTEN]);
    const order = (sockets.at(-1)?.listen.opened ?? 0) + 1;
    server.serializeAttachment({ listen: { id, honored, deviceId, opened: order } } satisfies Attachment);
    server.send(frame);
    return new Response(null, { status: 101, webSocket: client });
  }

  /** Sends a change to every stream that asked for it. */
  notify(change: Change): void {
    for (const { socket, listen } of this.#sockets()) {
      if (!wants(listen.honored, change)) continue;
      const params = { ...change.params, _meta: { [SUBSCRIPTION_ID_META_KEY]: listen.id } };
      socket.send(messageFrame(JSON.stringify({ jsonrpc: "2.0", method: change.method, params })));
    }
  }

  /** Closes the streams of a device that was stopped. */
  endDevice(deviceId: string): void {
    for (const { socket, listen } of this.#sockets()) {
      if (listen.deviceId === deviceId) socket.close(1000, "stopped");
    }
  }

  /** Open streams, oldest first. */
  #sockets(): { socket: WebSocket; listen: Attachment["listen"] }[] {
    return this.#state
      .getWebSockets(LISTEN)
      .filter((socket) => socket.readyState === WebSocket.OPEN)
      .map((socket) => ({ socket, listen: (socket.deserializeAttachment() as Attachment).listen }))
      .sort((a, b) => a.listen.opened - b.listen.opened);
  }
}

function wants(honored: Honored, { method, params }: Change): boolean {
  switch (method) {
    case "notifications/tools/list_changed":
      return honored.toolsListChanged === true;
    case "notifications/prompts/list_changed":
      return honored.promptsListChanged === true;
    case "notifications/resources/list_changed":
      return honored.resourcesListChanged === true;
    case "notifications/resources/updated":
      return honored.resourceSubscriptions?.includes(String(params?.["uri"])) === true;
    default:
      return false;
  }
}

/** What the SDK's first event says: the subscription's id and what it honours; undefined when it honours nothing. */
function acknowledgement(frame: string): { id: RequestId; honored: Honored } | undefined {
  const data = frame.slice(frame.indexOf("data:") + 5);
  const { params } = JSON.parse(data) as {
    params: { notifications: Honored; _meta: Record<string, RequestId> };
  };
  const id = params._meta[SUBSCRIPTION_ID_META_KEY];
  const empty = Object.keys(params.notifications).length === 0;
  return id === undefined || empty ? undefined : { id, honored: params.notifications };
}
