/**
 * Kills the server about once a second: at any time, or at the moments that hurt most, between the effect of a write
 * outside and its answer.
 */
import type { Random } from "../workerd/random.ts";
import type { Workerd } from "../workerd/serve.ts";

/** Just before or after R2 stored something, or ClickUp did something. */
export type Moment = "before R2" | "after R2" | "before ClickUp" | "after ClickUp";

/** How long it runs between kills, ms. */
const RUN_MS = { from: 150, to: 1_000 };
/** How long the killer then waits for a moment with ClickUp, in half of the lives, ms. */
const PATIENCE_MS = 500;
/** Puts are rare, so each is a moment with this chance. */
const STRIKE_AT_R2 = 0.25;
/** How long the server stays down, ms. */
const DOWN_MS = { from: 0, to: 120 };

export class Killer {
  readonly kills: Record<Moment | "any time", number> = {
    "any time": 0,
    "before R2": 0,
    "after R2": 0,
    "before ClickUp": 0,
    "after ClickUp": 0,
  };
  /** From the start of the program until it listens, ms. */
  readonly restarts_ms: number[] = [];
  readonly #workerd: Workerd;
  readonly #random: Random;
  /** Moments come in no planned order, so they have a source of their own. */
  readonly #strikes: Random;
  #armed: Moment | undefined;
  /** Ends the life that runs under the killer; undefined while none does. */
  #strike: (() => void) | undefined;

  constructor(workerd: Workerd, random: Random) {
    this.#workerd = workerd;
    this.#random = random;
    this.#strikes = random.fork();
  }

  get count(): number {
    return Object.values(this.kills).reduce((a, b) => a + b, 0);
  }

  /** To be called when a moment comes. When it is the one to strike at, the server is dead on return. */
  async pass(moment: Moment): Promise<void> {
    const rare = moment === "before R2" || moment === "after R2";
    const due = rare ? this.#strikes.chance(STRIKE_AT_R2) : this.#armed === moment;
    if (due) await this.#kill(moment);
  }

  /** Kills and starts again until the time is over. The server runs before and afterwards. */
  async run(until_ms: number): Promise<void> {
    while (Date.now() < until_ms) {
      const dead = new Promise<void>((resolve) => {
        this.#strike = resolve;
      });
      await Promise.race([dead, sleep(this.#random.between(RUN_MS.from, RUN_MS.to))]);
      if (this.#random.chance(0.5)) {
        this.#armed = this.#random.pick(["before ClickUp", "after ClickUp"]);
        await Promise.race([dead, sleep(PATIENCE_MS)]);
      }
      await this.#kill("any time");
      await sleep(this.#random.between(DOWN_MS.from, DOWN_MS.to));
      const started_ms = performance.now();
      await this.#workerd.start();
      this.restarts_ms.push(performance.now() - started_ms);
    }
  }

  async #kill(when: Moment | "any time"): Promise<void> {
    this.#armed = undefined;
    const strike = this.#strike;
    if (strike !== undefined) {
      this.#strike = undefined;
      this.kills[when]++;
      const killed = this.#workerd.kill();
      strike();
      await killed;
    }
    // A kill that is under way already is waited for.
    else if (when === "any time") await this.#workerd.kill();
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
