/**
 * A user's object under faults, reached as a client reaches it, beside a model of what must be true: which calls were
 * answered and how, which were let through, how many events there are. Every step checks itself against the model.
 */
import { abortAllDurableObjects, evictDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import { exports } from "cloudflare:workers";
import { runInDurableObject } from "cloudflare:test";
import { expect, vi } from "vitest";
import { clickup } from "../support/outside.ts";
import { FULL_GRANT, newUser, rpc, tokenFor, userObject, type TestUser } from "../support/users.ts";
import { LogOracle } from "./log-oracle.ts";
import { leaveOldDatabase } from "./old-database.ts";
import type { PutFailure, R2Faults } from "./r2-faults.ts";
import { recordOf } from "./record.ts";

/** A small limit makes every window interesting. */
export const LIMIT = 8;
const CONTROL_LIMIT = LIMIT * 10;
/** Ahead of the machine's clock, so that the platform runs no alarm by itself: the steps say when time has come. */
const AHEAD_MS = 400 * 24 * 3_600_000;
/** Sessions nobody uses end after a week; no world gets that old. */
const MAX_AGE_MS = 5 * 24 * 3_600_000;
const BOTH = { Accept: "application/json, text/event-stream" };

export type CallKind = "list" | "read" | "unknown_tool" | "premium" | "write";

interface Expected {
  outcome: string;
  counted: boolean;
}

const CALLS: Record<CallKind, { body: () => Record<string, unknown> } & Expected> = {
  list: { body: () => rpc("tools/list"), outcome: "ok", counted: true },
  read: {
    body: () => rpc("tools/call", { name: "clickup_space_get", arguments: { space: "Product" } }),
    outcome: "ok",
    counted: true,
  },
  write: {
    body: () =>
      rpc("tools/call", {
        name: "clickup_task_create",
        arguments: { list: "Onboarding", name: `Task ${crypto.randomUUID()}` },
      }),
    outcome: "ok",
    counted: true,
  },
  unknown_tool: {
    body: () => rpc("tools/call", { name: "clickup_nothing" }),
    outcome: "protocol_error",
    counted: true,
  },
  premium: {
    body: () => rpc("tools/call", { name: "clickup_space_create", arguments: { name: "x" } }),
    outcome: "refused_tier",
    counted: false,
  },
};

export class World {
  readonly #r2: R2Faults;
  readonly #userId: string;
  readonly #deviceId: string;
  readonly #requests = new LogOracle();
  readonly #controls = new LogOracle();
  /** What the record must say of each call, by request id. */
  readonly #events = new Map<string, Expected>();
  /** Events without a request of a client: account, billing. */
  #others = 0;
  readonly #sessions: string[] = [];
  /** Admitted requests by time that really passed. */
  readonly #admitted_ms: number[] = [];
  #real_ms = 0;
  #jumpedAhead = false;
  readonly #born_ms: number;

  private constructor(r2: R2Faults, userId: string, deviceId: string) {
    this.#r2 = r2;
    this.#userId = userId;
    this.#deviceId = deviceId;
    this.#born_ms = Date.now();
  }

  /** @param version migrations the database has when the world begins; `null`: a user who signs in today */
  static async begin(r2: R2Faults, id: string, version: number | null): Promise<World> {
    vi.useRealTimers();
    vi.useFakeTimers({ toFake: ["Date"] });
    vi.setSystemTime(Date.now() + AHEAD_MS);
    r2.down = false;
    r2.next = [];
    r2.arrived = undefined;
    if (version === null) {
      const user: TestUser = await newUser({ userId: id });
      const world = new World(r2, id, user.deviceId);
      world.#others = 2;
      world.#requests.wrote(Date.now(), false);
      return world;
    }
    const world = new World(r2, id, `d_${id}`);
    for (const old of await leaveOldDatabase(id, `d_${id}`, version, Date.now())) {
      world.#requests.wrote(old.t_ms, true);
      world.#events.set(old.requestId, { outcome: old.outcome ?? "unknown", counted: true });
      world.#admitted_ms.push(old.t_ms - Date.now());
    }
    // The first look wakes it, and brings its database up to date.
    await world.check();
    world.#woke();
    return world;
  }

  /** `count` calls at once: exactly as many pass as the window has room for. */
  async calls(kind: CallKind, count = 1): Promise<void> {
    const { body, outcome, counted } = CALLS[kind];
    const pass = Array.from({ length: count }, () => this.#admit(counted)).filter(Boolean).length;
    const answers = await Promise.all(Array.from({ length: count }, () => this.#post(body())));
    const passed = answers.filter((a) => a.status === 200);
    expect(passed.length, `${kind} passed`).toBe(pass);
    expect(answers.filter((a) => a.status === 429)).toHaveLength(count - pass);
    for (const { requestId } of passed) this.#events.set(requestId, { outcome, counted });
  }

  /** A 2025 client opens a session. */
  async openSession(): Promise<void> {
    const admitted = this.#admit(true);
    const params = {
      protocolVersion: "2025-11-25",
      capabilities: {},
      clientInfo: { name: "t", version: "1" },
    };
    const { status, requestId, headers } = await this.#post(rpc("initialize", params), BOTH);
    expect(status).toBe(admitted ? 200 : 429);
    if (!admitted) return;
    this.#events.set(requestId, { outcome: "ok", counted: true });
    this.#sessions.push(headers.get("mcp-session-id") ?? "");
  }

  /** A call in the session opened `back` sessions ago: it is known, whatever happened since. */
  async callInSession(back: number): Promise<void> {
    const session = this.#sessions.at(-1 - (back % Math.max(1, this.#sessions.length)));
    if (session === undefined) return;
    const admitted = this.#admit(true);
    const { status, requestId } = await this.#post(rpc("tools/list"), { ...BOTH, "Mcp-Session-Id": session });
    expect(status).toBe(admitted ? 200 : 429);
    if (admitted) this.#events.set(requestId, { outcome: "ok", counted: true });
  }

  /** Something happens to the account: in the record, not counted. */
  async accountEvent(): Promise<void> {
    const change = { grant: FULL_GRANT, expires_ms: null };
    expect((await this.#object.changeDevice(this.#deviceId, change)).ok).toBe(true);
    this.#requests.wrote(Date.now(), false);
    this.#others++;
  }

  /** What waits is due now, and R2 treats the next put so. */
  async flush(failure: PutFailure): Promise<void> {
    this.#r2.next = [failure];
    await runInDurableObject(this.#object, (_, state) => {
      state.storage.sql.exec("UPDATE cf_agents_jobs SET time = 0");
    }).catch(() => undefined);
    await runDurableObjectAlarm(this.#object);
    this.#r2.next = [];
  }

  /** The object dies when R2 has the batch and the object has not heard of it. */
  async dieInFlush(): Promise<void> {
    const asked = this.#r2.asked.length;
    this.#r2.arrived = () => new Promise(() => undefined);
    const flushing = this.flush("none").catch(() => undefined);
    const arrived = async (): Promise<boolean> => {
      for (let i = 0; i < 50 && this.#r2.asked.length === asked; i++) await tick();
      return this.#r2.asked.length > asked;
    };
    if (await arrived()) {
      for (let i = 0; i < 3; i++) await tick();
      await this.die();
    }
    this.#r2.arrived = undefined;
    await flushing;
  }

  /** The object dies while a call waits for ClickUp: the client gets an error, the record an unknown end. */
  async dieInCall(): Promise<void> {
    const admitted = this.#admit(true);
    clickup.fault({ kind: "slow", path: "/space", ms: 2_000, times: 1 });
    const before = await this.#lastSeq();
    const cut = this.#post(rpc("tools/call", { name: "clickup_space_get", arguments: { space: "790" } }));
    if (!admitted) {
      expect((await cut).status).toBe(429);
      clickup.clearFaults();
      return;
    }
    await expect.poll(() => this.#lastSeq(), { interval: 1 }).toBe(before + 1);
    await runInDurableObject(this.#object, (_, state) => state.storage.sync());
    await this.die();
    const { status, requestId } = await cut;
    clickup.clearFaults();
    // Dead before ClickUp answered, or answered from what was kept: then the row says how it ended.
    const outcome = status === 503 ? "unknown" : "user_error";
    this.#events.set(requestId, { outcome, counted: true });
  }

  async evict(): Promise<void> {
    // An object that is not running cannot be evicted: then it is away already.
    await evictDurableObject(this.#object).catch(() => undefined);
    this.#woke();
  }

  async die(): Promise<void> {
    await abortAllDurableObjects();
    this.#woke();
  }

  /** The alarm, when its time has come. */
  async alarm(): Promise<void> {
    const at_ms = await this.#alarm();
    if (at_ms !== null && at_ms <= Date.now()) await runDurableObjectAlarm(this.#object);
  }

  setR2(down: boolean): void {
    this.#r2.down = down;
  }

  /** Time passes, for everybody. */
  wait(ms: number): void {
    if (Date.now() + ms - this.#born_ms > MAX_AGE_MS) return;
    vi.setSystemTime(Date.now() + ms);
    this.#real_ms += ms;
  }

  /** The clock is set; no time passes. */
  setClock(by_ms: number): void {
    if (Date.now() + by_ms - this.#born_ms > MAX_AGE_MS) return;
    if (by_ms > 0) this.#jumpedAhead = true;
    vi.setSystemTime(Date.now() + by_ms);
  }

  /** After every step: as many events as there must be, and an alarm while any wait. */
  async check(): Promise<void> {
    expect(await this.#lastSeq(), "events").toBe(this.#events.size + this.#others);
    const waiting = await runInDurableObject(
      this.#object,
      (_, { storage }) =>
        storage.sql
          .exec<{ n: number }>(
            "SELECT count(*) AS n FROM journal WHERE seq > (SELECT flushed_seq FROM outbox_state)",
          )
          .one().n,
    );
    if (waiting === 0) return;
    for (let i = 0; i < 20 && (await this.#alarm()) === null; i++) await tick();
    expect(await this.#alarm(), "an alarm while events wait").not.toBeNull();
  }

  /** At the end: R2 works, the object is restarted, everything drains; then every promise is held against the record. */
  async end(): Promise<void> {
    this.#r2.down = false;
    await this.die();
    // A request wakes it: what waits is scheduled again.
    this.wait(61_000);
    await this.calls("list");
    for (let i = 0; i < 10 && (await this.#alarm()) !== null; i++) await this.flush("none");
    expect(await this.#alarm(), "no alarm when nothing waits").toBeNull();
    const record = await recordOf(this.#userId);
    expect(record).toHaveLength(this.#events.size + this.#others);
    const seen = new Map<string, Expected>();
    for (const event of record) {
      if (!this.#events.has(event.requestId)) continue;
      expect(seen.has(event.requestId), `twice: ${event.requestId}`).toBe(false);
      seen.set(event.requestId, { outcome: event.outcome ?? "missing", counted: event.counted });
    }
    expect(Object.fromEntries(seen)).toEqual(Object.fromEntries(this.#events));
    expect(record.filter((e) => e.counted).map((e) => e.t_ms)).toEqual(this.#requests.times);
    for (const back of this.#sessions.keys()) {
      this.wait(61_000);
      await this.callInSession(back);
    }
    this.#checkRealTime();
    vi.useRealTimers();
  }

  /** Without a clock that was set ahead, no 60 seconds of real time hold more than the limit. */
  #checkRealTime(): void {
    if (this.#jumpedAhead) return;
    for (const from_ms of this.#admitted_ms) {
      const inWindow = this.#admitted_ms.filter((t_ms) => t_ms >= from_ms && t_ms < from_ms + 60_000);
      expect(inWindow.length, `requests in 60 s from ${from_ms}`).toBeLessThanOrEqual(LIMIT);
    }
  }

  /** What the limiter must say to one more request; takes its place when it passes. */
  #admit(counted: boolean): boolean {
    const wall_ms = Date.now();
    if (counted) {
      const passes = this.#requests.ask(wall_ms, LIMIT);
      if (passes) {
        this.#requests.wrote(wall_ms, true);
        this.#admitted_ms.push(this.#real_ms);
      }
      return passes;
    }
    this.#requests.ask(wall_ms, Number.POSITIVE_INFINITY);
    const passes = this.#controls.ask(wall_ms, CONTROL_LIMIT);
    if (passes) {
      this.#controls.wrote(wall_ms, true);
      this.#requests.wrote(wall_ms, false);
    }
    return passes;
  }

  #woke(): void {
    this.#requests.woke(Date.now());
    this.#controls.woke(Date.now());
  }

  get #object(): TestUser["object"] {
    return userObject(this.#userId);
  }

  #alarm(): Promise<number | null> {
    return runInDurableObject(this.#object, (_, state) => state.storage.getAlarm());
  }

  #lastSeq(): Promise<number> {
    return runInDurableObject(
      this.#object,
      (_, { storage }) =>
        storage.sql.exec<{ seq: number }>("SELECT coalesce(max(seq), 0) AS seq FROM journal").one().seq,
    );
  }

  async #post(
    body: unknown,
    more: Record<string, string> = {},
  ): Promise<{ status: number; requestId: string; headers: Headers }> {
    const response = await exports.default.fetch(
      new Request("https://mcp.test/mcp", {
        method: "POST",
        headers: {
          Authorization: `Bearer ${await tokenFor(this.#userId, this.#deviceId)}`,
          "Content-Type": "application/json",
          ...more,
        },
        body: JSON.stringify(body),
      }),
    );
    await response.arrayBuffer();
    const { status, headers } = response;
    return { status, headers, requestId: headers.get("x-request-id") ?? "" };
  }
}

const tick = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1));
