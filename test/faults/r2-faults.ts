/**
 * R2 that fails in every way a put can: before its effect, after it, never answering, late. The binding is one class
 * for the tests and the objects, so its `put` is replaced for both.
 */
import { env } from "cloudflare:workers";
import { vi } from "vitest";
import { ObjectTimer } from "../../objects/timer.ts";

export type PutFailure = "none" | "before" | "after" | "hang";

type Put = (...args: unknown[]) => Promise<R2Object | null>;

interface HeldPut {
  key: string;
  /** Lets the put take its effect now, long after its caller gave up. @returns what R2 says */
  arrive(): Promise<R2Object | null>;
}

export class R2Faults {
  /** While true every put fails before its effect. */
  down = false;
  /** How the next puts fail, first come first served; then they work. */
  next: PutFailure[] = [];
  /** Called when a put has had its effect, before its caller hears of it. */
  arrived: ((key: string) => void | Promise<void>) | undefined;
  /** Puts that were asked for, in order. */
  readonly asked: string[] = [];
  readonly held: HeldPut[] = [];
  readonly #bodies = new Map<string, string>();

  /** Replaces `put` of every bucket until mocks are restored. */
  static install(): R2Faults {
    const faults = new R2Faults();
    const prototype = Object.getPrototypeOf(env.AUDIT_LOGS) as R2Bucket;
    const put = Reflect.get(prototype, "put") as Put;
    vi.spyOn(prototype, "put").mockImplementation(function (this: R2Bucket, ...args: unknown[]) {
      return faults.#put(args, () => Reflect.apply(put, this, args)) as never;
    });
    return faults;
  }

  async #put(args: unknown[], really: () => Promise<R2Object | null>): Promise<R2Object | null> {
    const [key, body, options] = args as [string, string, R2PutOptions];
    this.asked.push(key);
    const known = this.#bodies.get(key);
    if (known !== undefined && known !== body) throw new Error(`${key} was reused for another body`);
    this.#bodies.set(key, body);
    if ((options.onlyIf as R2Conditional | undefined)?.etagDoesNotMatch !== "*") {
      throw new Error("a put that could overwrite");
    }
    const failure = this.down ? "before" : (this.next.shift() ?? "none");
    if (failure === "before") throw new Error("R2 is down");
    if (failure === "hang") {
      return new Promise(() => {
        this.held.push({ key, arrive: really });
      });
    }
    const stored = await really();
    await this.arrived?.(key);
    if (failure === "after") throw new Error("the acknowledgement was lost");
    return stored;
  }
}

/** From now on an object's waits between the two bounds end at once: time limits that would make a test wait. */
export function shortenWaits(from_ms: number, to_ms: number): void {
  const wait = Object.getOwnPropertyDescriptor(ObjectTimer.prototype, "after")?.value as ObjectTimer["after"];
  vi.spyOn(ObjectTimer.prototype, "after").mockImplementation(function (this: ObjectTimer, delay_ms, run) {
    return wait.call(this, delay_ms >= from_ms && delay_ms <= to_ms ? 5 : delay_ms, run);
  });
}
