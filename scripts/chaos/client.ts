/** One MCP client that calls again and again while its server is killed, and writes down what it saw. */
import { Connection, parseAnswer, type Answer, type Prepared } from "../workerd/connection.ts";
import type { Random } from "../workerd/random.ts";
import type { Call, CallEnd } from "./history.ts";
import {
  endSessionRequest,
  INITIALIZE,
  initializedRequest,
  mcpRequest,
  messageOf,
  toolCall,
  type Lane,
  type Rpc,
} from "./requests.ts";

/** No request may take longer: the product's own deadline of a call is 25 s. */
export const END_WITHIN_MS = 30_000;
/** Far below what the product keeps for a user, so that none has to make room. */
const MOST_SESSIONS = 4;
/** Bodies are filled up to at least this; the largest request is shorter. */
const FIRST_MARK = 1_000;
/** While nobody listens. */
const RETRY_MS = 20;

export interface Plan {
  userId: string;
  bearer: string;
  lane: Lane;
  /** Mean pause between calls, ms. */
  pause_ms: number;
}

/** What the clients of one user share. */
export class Marks {
  #next = FIRST_MARK;

  /** A body length no other request of the user has. */
  take(): number {
    return this.#next++;
  }
}

export interface Surroundings {
  origin: string;
  random: Random;
  marks: Marks;
  /** Kills so far. */
  kills(): number;
  /** Ids of what can be read, and a list that takes tasks. */
  space: string;
  task: string;
  list: string;
}

export class Client {
  readonly calls: Call[] = [];
  /** Requests that found nobody listening. */
  unsent = 0;
  /** Sessions that were opened. */
  opened = 0;
  /** The most kills that one session was used across. */
  outlived = 0;
  readonly #plan: Plan;
  readonly #at: Surroundings;
  readonly #url: string;
  #connection: Connection | undefined;
  #sessionId: string | undefined;
  #sessionSince = 0;
  /** Attempts to open one. */
  #sessions = 0;
  #stopped = false;
  /** A create with a key that was not answered: it is repeated until it is. */
  #open: { name: string; rpc: Rpc } | undefined;

  constructor(plan: Plan, at: Surroundings) {
    this.#plan = plan;
    this.#at = at;
    this.#url = `${at.origin}/mcp`;
  }

  /** Calls until `stop`. */
  async run(): Promise<void> {
    while (!this.#stopped) {
      const end = await this.#once();
      // Who is refused waits longer, though not as long as it is told: the limit shall be tried.
      const pause_ms = this.#plan.pause_ms * (end === "refused" ? 3 : 1) * 2 * this.#at.random.next();
      await new Promise((resolve) => setTimeout(resolve, pause_ms));
    }
    this.#connection?.close();
  }

  stop(): void {
    this.#stopped = true;
  }

  /** The session is still known: the last call of the run. */
  async finish(): Promise<void> {
    if (this.#sessionId !== undefined) await this.#call({ method: "tools/list" });
    this.#connection?.close();
  }

  async #once(): Promise<CallEnd | undefined> {
    const { random } = this.#at;
    if (this.#plan.lane === "session") {
      if (this.#sessionId === undefined) return this.#openSession();
      if (this.#sessions < MOST_SESSIONS && random.chance(0.01)) return this.#endSession();
    }
    if (this.#open !== undefined) return this.#create(this.#open.name, this.#open.rpc, true);
    const { space, task, list } = this.#at;
    switch (random.between(1, 8)) {
      case 1:
        return this.#call({ method: "tools/list" });
      case 2:
        return this.#call(toolCall("clickup_task_get", { task }));
      case 3:
        return this.#call(toolCall("clickup_list_get", { list }));
      case 4:
      case 5: {
        const name = `chaos ${crypto.randomUUID()}`;
        return this.#create(name, toolCall("clickup_task_create", { list, name }), false);
      }
      case 6: {
        const name = `chaos ${crypto.randomUUID()}`;
        const rpc = toolCall("clickup_task_create", { list, name, idempotency_key: name });
        return this.#create(name, rpc, true);
      }
      default:
        return this.#call(toolCall("clickup_space_get", { space }));
    }
  }

  /** @param keyed repeated with the same key while it is not answered */
  async #create(name: string, rpc: Rpc, keyed: boolean): Promise<CallEnd | undefined> {
    const end = await this.#call(rpc, name);
    if (keyed) this.#open = end === "answered" ? undefined : { name, rpc };
    return end;
  }

  async #openSession(): Promise<CallEnd | undefined> {
    if (this.#sessions >= MOST_SESSIONS) {
      // Each attempt may have made a session; past the bound the client goes on without one.
      return this.#call({ method: "tools/list" });
    }
    this.#sessions++;
    const call = await this.#sendCall(INITIALIZE);
    const sessionId = call?.answer?.headers.get("mcp-session-id");
    if (call?.end === "answered" && sessionId !== undefined) {
      this.#sessionId = sessionId;
      this.#sessionSince = this.#at.kills();
      this.opened++;
      await this.#send(initializedRequest(this.#url, this.#plan.bearer, sessionId));
    }
    return call?.end;
  }

  /** Whether or not the answer comes, the session is not used again. */
  async #endSession(): Promise<undefined> {
    const sessionId = this.#sessionId;
    this.#sessionId = undefined;
    if (sessionId !== undefined) await this.#send(endSessionRequest(this.#url, this.#plan.bearer, sessionId));
    return undefined;
  }

  async #call(rpc: Rpc, creates?: string): Promise<CallEnd | undefined> {
    return (await this.#sendCall(rpc, creates))?.end;
  }

  /** Sends a request that counts and writes down its end. @returns undefined when it could not be sent */
  async #sendCall(rpc: Rpc, creates?: string): Promise<{ end: CallEnd; answer?: Answer } | undefined> {
    const mark = this.#at.marks.take();
    const { userId, bearer, lane } = this.#plan;
    // Past its sessions a session client speaks plainly.
    const spoken = lane === "session" && this.#sessionId === undefined && rpc !== INITIALIZE ? "plain" : lane;
    const prepared = mcpRequest(this.#url, bearer, spoken, rpc, mark, this.#sessionId);
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
    const judged = judge(sent, mark, this.#sessionId !== undefined);
    if (spoken === "session" && judged.end === "answered" && rpc !== INITIALIZE)
      this.outlived = Math.max(this.outlived, this.#at.kills() - this.#sessionSince);
    if (judged.end === "session_lost") this.#sessionId = undefined;
    this.calls.push({ ...made, ...judged, requestId: sent.headers.get("x-request-id") ?? null });
    return { end: judged.end, answer: sent };
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
    const connection = this.#connection;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<"hung">((resolve) => {
      timer = setTimeout(() => resolve("hung"), END_WITHIN_MS);
    });
    const ended = await Promise.race([
      connection.send(prepared.bytes).catch(() => "unanswered" as const),
      late,
    ]);
    clearTimeout(timer);
    if (ended !== "unanswered" && ended !== "hung") return parseAnswer(ended);
    connection.close();
    this.#connection = undefined;
    return ended;
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
