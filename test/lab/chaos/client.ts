/** One MCP client that calls again and again while its server is killed. */
import { Caller, type Identity, type Marks } from "../proof/caller.ts";
import type { CallEnd } from "../proof/history.ts";
import { toolCall, type Rpc } from "../proof/requests.ts";
import type { Random } from "../workerd/random.ts";

/** Far below what the product keeps for a user, so that none has to make room. */
const MOST_SESSIONS = 4;

export interface Plan extends Identity {
  /** Mean pause between calls, ms. */
  pause_ms: number;
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
  readonly caller: Caller;
  /** Sessions that were opened. */
  opened = 0;
  /** The most kills that one session was used across. */
  outlived = 0;
  readonly #plan: Plan;
  readonly #at: Surroundings;
  #sessionSince = 0;
  /** Attempts to open one. */
  #sessions = 0;
  #stopped = false;
  /** A create with a key that was not answered: it is repeated until it is. */
  #open: { name: string; rpc: Rpc } | undefined;

  constructor(plan: Plan, at: Surroundings) {
    this.#plan = plan;
    this.#at = at;
    this.caller = new Caller(at.origin, plan, at.marks);
  }

  /** Calls until `stop`. */
  async run(): Promise<void> {
    while (!this.#stopped) {
      const end = await this.#once();
      // Who is refused waits longer, though not as long as it is told: the limit shall be tried.
      const pause_ms = this.#plan.pause_ms * (end === "refused" ? 3 : 1) * 2 * this.#at.random.next();
      await new Promise((resolve) => setTimeout(resolve, pause_ms));
    }
  }

  stop(): void {
    this.#stopped = true;
  }

  /** The session is still known: the last call of the run. */
  async finish(): Promise<void> {
    if (this.caller.sessionId !== undefined) await this.#call({ method: "tools/list" });
    this.caller.close();
  }

  async #once(): Promise<CallEnd | undefined> {
    const { random } = this.#at;
    if (this.#plan.lane === "session") {
      if (this.caller.sessionId === undefined && this.#sessions < MOST_SESSIONS) return this.#openSession();
      if (this.#sessions < MOST_SESSIONS && random.chance(0.01)) {
        await this.caller.endSession();
        return undefined;
      }
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

  /** Each attempt may have made a session, so there is a bound on attempts. */
  async #openSession(): Promise<CallEnd | undefined> {
    this.#sessions++;
    const end = await this.caller.openSession();
    if (this.caller.sessionId !== undefined) {
      this.#sessionSince = this.#at.kills();
      this.opened++;
    }
    return end;
  }

  async #call(rpc: Rpc, creates?: string): Promise<CallEnd | undefined> {
    const inSession = this.caller.sessionId !== undefined;
    const called = await this.caller.call(rpc, creates);
    if (inSession && called?.end === "answered")
      this.outlived = Math.max(this.outlived, this.#at.kills() - this.#sessionSince);
    return called?.end;
  }
}
