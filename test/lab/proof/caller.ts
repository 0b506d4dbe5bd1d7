/** One MCP client that writes down what it saw of each request: its answer, a refusal, or a connection that ended. */
import { Connection, parseAnswer, type Answer, type Prepared } from "../workerd/connection.ts";
import type { Call, CallEnd } from "./history.ts";
import {
  endSessionRequest,
  INITIALIZE,
  initializedRequest,
  mcpRequest,
  messageOf,
  type Lane,
  type Rpc,
} from "./requests.ts";

/** No request may take longer: the product's own deadline of a call is 25 s. */
export const END_WITHIN_MS = 30_000;
/** Bodies are filled up to at least this; the largest request is shorter. */
const FIRST_MARK = 1_000;
/** While nobody listens. */
const RETRY_MS = 20;

/** What the clients of one user share. */
export class Marks {
  #next = FIRST_MARK;

  /** A body length no other request of the user has. */
  take(): number {
    return this.#next++;
  }
}

export interface Identity {
  userId: string;
  bearer: string;
  lane: Lane;
}

export class Caller {
  readonly calls: Call[] = [];
  /** Requests that found nobody listening. */
  unsent = 0;
  /** The open session, in the lane of that name. */
  sessionId: string | undefined;
  readonly identity: Identity;
  readonly #url: string;
  readonly #marks: Marks;
  #connection: Connection | undefined;

  constructor(origin: string, identity: Identity, marks: Marks) {
    this.#url = `${origin}/mcp`;
    this.identity = identity;
    this.#marks = marks;
  }

  /**
   * Sends a request that counts, and writes down its end. Without its session a client of that lane speaks plainly.
   * @param creates name of the task the call makes
   * @returns undefined when nobody listened: nothing was sent
   */
  async call(rpc: Rpc, creates?: string): Promise<{ end: CallEnd; answer?: Answer } | undefined> {
    const mark = this.#marks.take();
    const { userId, bearer, lane } = this.identity;
    const sessionless = lane === "session" && this.sessionId === undefined && rpc !== INITIALIZE;
    const spoken = sessionless ? "plain" : lane;
    const prepared = mcpRequest(this.#url, bearer, spoken, rpc, mark, this.sessionId);
    const sent_ms = Date.now();
    const sent = await this.#send(prepared);
    if (sent === "unsent") return undefined;
    const made = {
      userId,
      mark,
      sent_ms,
      ended_ms: Date.now(),
      ...(creates === undefined ? {} : { creates }),
    };
    if (typeof sent === "string") {
      this.calls.push({ ...made, end: sent, requestId: null });
      return { end: sent };
    }
    const judged = judge(sent, mark, this.sessionId !== undefined);
    if (judged.end === "session_lost") this.sessionId = undefined;
    this.calls.push({ ...made, ...judged, requestId: sent.headers.get("x-request-id") ?? null });
    return { end: judged.end, answer: sent };
  }

  /** Opens a session; when it was answered, `sessionId` is set. */
  async openSession(): Promise<CallEnd | undefined> {
    const opened = await this.call(INITIALIZE);
    const sessionId = opened?.answer?.headers.get("mcp-session-id");
    if (opened?.end === "answered" && sessionId !== undefined) {
      this.sessionId = sessionId;
      await this.#send(initializedRequest(this.#url, this.identity.bearer, sessionId));
    }
    return opened?.end;
  }

  /** Whether or not the answer comes, the session is not used again. */
  async endSession(): Promise<void> {
    const { sessionId } = this;
    this.sessionId = undefined;
    if (sessionId !== undefined)
      await this.#send(endSessionRequest(this.#url, this.identity.bearer, sessionId));
  }

  close(): void {
    this.#connection?.close();
    this.#connection = undefined;
  }

  async #send(prepared: Prepared): Promise<Answer | "unsent" | "unanswered" | "hung"> {
    if (this.#connection === undefined || this.#connection.closed) {
      this.#connection = new Connection(prepared.host, prepared.port);
      if (!(await this.#connection.opened())) {
        this.#connection = undefined;
        this.unsent++;
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
        return "unsent";
      }
    }
    const ended = await this.#connection.sendInTime(prepared.bytes, END_WITHIN_MS);
    if (typeof ended === "object") return parseAnswer(ended.text);
    this.close();
    return ended === "cut off" ? "unanswered" : "hung";
  }
}

function judge(
  { status, headers, body }: Answer,
  mark: number,
  inSession: boolean,
): { end: CallEnd; detail?: string; created?: boolean } {
  if (status === 429 && Number(headers.get("retry-after")) > 0) return { end: "refused" };
  if (status === 404 && inSession) return { end: "session_lost", detail: body.slice(0, 200) };
  if (status !== 200) return { end: "broken", detail: `${status} ${body.slice(0, 300)}` };
  const { id, result, error } = messageOf(body);
  if (id !== mark || result === undefined)
    return { end: "broken", detail: error?.message ?? body.slice(0, 300) };
  const made = result.structuredContent?.["task"] !== undefined;
  return { end: "answered", ...(made && result.isError !== true ? { created: true } : {}) };
}
