/**
 * The gate every message passes, in one synchronous block: is the device still allowed, is there room
 * in the window, is the record able to take it; then the row of its beginning. Nothing is awaited between
 * the check and the row, so no number of parallel requests gets past the limit.
 */
import type { Grant } from "../../tools/define.ts";
import type { Tier } from "../../tools/tiers.ts";
import type { ObjectConfig } from "../config.ts";
import { BACKLOG_MAX_EVENTS, CONTROL_FACTOR, LAST_SEEN_EVERY_MS } from "../limits.ts";
import { relyOn } from "../invariant.ts";
import { WRITE } from "../rpc/names.ts";
import type { Principal } from "../rpc/user.ts";
import type { Beginning, DeviceView, Ending } from "../rpc/views.ts";
import { SlidingLog } from "./sliding-log.ts";
import type { ControlLogStore } from "../stores/control-log.ts";
import { isActive, type DeviceStore } from "../stores/devices.ts";
import type { JournalStore } from "../stores/journal.ts";
import type { OutboxStore } from "../stores/outbox.ts";

/** What the limiter says, for the answer's headers. */
export interface RateStatus {
  limit: number;
  remaining: number;
  /** Until the oldest counted request leaves the window. */
  reset_ms: number;
}

export type Refusal =
  | { kind: "device"; message: string }
  | { kind: "rate"; limit: number; retry_ms: number }
  | { kind: "backlog"; retry_ms: number };

export type Admitted = { ok: true; seq: number; t_ms: number; rate: RateStatus };

export class Gate {
  readonly #stores: {
    journal: JournalStore;
    control: ControlLogStore;
    devices: DeviceStore;
    outbox: OutboxStore;
  };
  readonly #config: Pick<ObjectConfig, "requestsPerMinute" | "rateLimiting">;
  readonly #wall_ms: () => number;
  readonly #requests: SlidingLog;
  readonly #controls: SlidingLog;

  constructor(
    stores: { journal: JournalStore; control: ControlLogStore; devices: DeviceStore; outbox: OutboxStore },
    config: Pick<ObjectConfig, "requestsPerMinute" | "rateLimiting">,
    wall_ms: () => number,
    userId: string,
  ) {
    this.#stores = stores;
    this.#config = config;
    this.#wall_ms = wall_ms;
    this.#requests = recalled(stores.journal, wall_ms(), userId);
    this.#controls = recalled(stores.control, wall_ms(), userId);
  }

  /** @returns the device with what this token may do of its grant, or why it may not be used any more */
  device(
    principal: Principal,
  ): { ok: true; grant: Grant; clientName: string; device: DeviceView } | { ok: false; refusal: Refusal } {
    const now_ms = this.#wall_ms();
    const device = this.#stores.devices.get(principal.deviceId);
    if (device === undefined || !isActive(device, now_ms)) {
      return {
        ok: false,
        refusal: { kind: "device", message: "This connection was stopped or has expired. Sign in again." },
      };
    }
    if (device.last_seen_ms === null || now_ms - device.last_seen_ms >= LAST_SEEN_EVERY_MS) {
      this.#stores.devices.seen(principal.deviceId, now_ms);
    }
    // A token can only narrow what its device may do.
    const readOnly = !principal.scopes.includes(WRITE);
    const grant: Grant = readOnly ? { ...device.grant, access: "read" } : device.grant;
    return { ok: true, grant, clientName: device.clientName, device };
  }

  /** True while the device works and may all that `grant` says: asked again before each change of a call that runs. */
  stillAllows({ deviceId }: Principal, grant: Grant): boolean {
    const device = this.#stores.devices.get(deviceId);
    return device !== undefined && isActive(device, this.#wall_ms()) && covers(device.grant, grant);
  }

  /**
   * Admits one JSON-RPC request, or says why not. Refused requests leave no row and do not count.
   * @param counted false for calls that do not count against the limit (a premium tool on the free
   *   tier); they still leave a row, and are capped like control messages
   * @param writes true for tools that change something in ClickUp
   * @param ended asked once it is admitted, for a request that has its answer by then: its row is written whole
   */
  request(
    tier: Tier,
    beginning: Beginning,
    options: { counted: boolean; writes: boolean; ended?: () => Ending },
  ): Admitted | { ok: false; refusal: Refusal } {
    const { journal, outbox } = this.#stores;
    if (options.writes && journal.lastSeq - outbox.state.flushedSeq >= BACKLOG_MAX_EVENTS) {
      return { ok: false, refusal: { kind: "backlog", retry_ms: 60_000 } };
    }
    const limit = this.#limit(tier);
    const now_ms = this.#requests.now(this.#wall_ms());
    const passage = this.#requests.check(now_ms, options.counted ? limit : Number.MAX_SAFE_INTEGER);
    if (!passage.admitted) return { ok: false, refusal: { kind: "rate", limit, retry_ms: passage.retry_ms } };
    if (!options.counted) {
      const control = this.control(tier);
      if (!control.ok) return control;
    }
    const seq = journal.begin(beginning, now_ms, options.counted, options.ended?.());
    if (options.counted) this.#requests.record(now_ms);
    return { ok: true, seq, t_ms: now_ms, rate: this.#status(tier, now_ms) };
  }

  /** Admits one notification, response or ping: no journal row, but capped at ten times the limit. */
  control(tier: Tier): { ok: true } | { ok: false; refusal: Refusal } {
    const limit = this.#limit(tier) * CONTROL_FACTOR;
    const now_ms = this.#controls.now(this.#wall_ms());
    const passage = this.#controls.check(now_ms, limit);
    if (!passage.admitted) return { ok: false, refusal: { kind: "rate", limit, retry_ms: passage.retry_ms } };
    this.#stores.control.insert(now_ms);
    this.#controls.record(now_ms);
    return { ok: true };
  }

  /** Records something that happened to the account; never limited, never counted. */
  event(beginning: Beginning, ending: Ending): number {
    const now_ms = this.#requests.now(this.#wall_ms());
    this.#requests.passed(now_ms);
    return this.#stores.journal.begin(beginning, now_ms, false, ending);
  }

  status(tier: Tier): RateStatus {
    return this.#status(tier, this.#requests.now(this.#wall_ms()));
  }

  #limit(tier: Tier): number {
    return this.#config.rateLimiting
      ? this.#config.requestsPerMinute[tier]
      : Number.MAX_SAFE_INTEGER / CONTROL_FACTOR;
  }

  #status(tier: Tier, now_ms: number): RateStatus {
    const limit = this.#limit(tier);
    const next = this.#requests.check(now_ms, limit);
    return next.admitted
      ? { limit, remaining: next.remaining + 1, reset_ms: next.reset_ms }
      : { limit, remaining: 0, reset_ms: next.retry_ms };
  }
}

/** True when `now` allows everything that `then` does. */
function covers(now: Grant, then: Grant): boolean {
  const within = <T>(all: readonly T[] | null, some: readonly T[] | null): boolean =>
    all === null || (some !== null && some.every((one) => all.includes(one)));
  return (
    (now.access === "write" || then.access === "read") &&
    within(now.toolSets, then.toolSets) &&
    within(now.workspaces, then.workspaces)
  );
}

/** The log as its rows have it. What has left the window by now is not read, so its time may not go back behind now. */
function recalled(
  rows: { last_ms: number; windowTimes(now_ms: number): number[] },
  wall_ms: number,
  userId: string,
): SlidingLog {
  const now_ms = Math.max(wall_ms, rows.last_ms);
  const times = rows.windowTimes(now_ms);
  const later = times.findIndex((t_ms, i) => t_ms > (times[i + 1] ?? now_ms));
  const inOrder = relyOn(later < 0, userId, () => `of ${times.length} rows, ${later} is later than the next`);
  return new SlidingLog(inOrder ? times : times.toSorted((a, b) => a - b), now_ms);
}
