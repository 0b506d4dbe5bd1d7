/**
 * The outbox against a sink that fails in every way a put can fail, with evictions in between: whatever
 * happens, each event reaches the sink exactly once in effect, in order, in one unbroken chain.
 */
import { runInDurableObject } from "cloudflare:test";
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { LONGEST_CALL_MS } from "../../../objects/limits.ts";
import { MIGRATIONS } from "../../../migrations/index.ts";
import { AuditOutbox, type AuditSink } from "../../../objects/record/outbox.ts";
import { migrate } from "../../../objects/migrate.ts";
import { JournalStore } from "../../../objects/stores/journal.ts";
import { OutboxStore } from "../../../objects/stores/outbox.ts";
import { UsageStore } from "../../../objects/stores/usage.ts";
import { EXPECTED_FAILURES, playFailures } from "../../support/r2-contract.ts";
import { userObject } from "../../support/users.ts";

type Failure = "none" | "before" | "after";

/** R2 as the outbox sees it: create-only, and able to fail before or after its effect. */
class FaultySink implements AuditSink {
  readonly objects = new Map<string, string>();
  next: Failure = "none";
  puts = 0;

  async put(key: string, body: string): Promise<void> {
    this.puts++;
    const failure = this.next;
    this.next = "none";
    await Promise.resolve();
    if (failure === "before") throw new Error("R2 is down");
    // An object that is there is left alone: the same key always carries the same body.
    const stored = this.objects.get(key);
    if (stored !== undefined && stored !== body) throw new Error("a key was reused for another body");
    this.objects.set(key, body);
    if (failure === "after") throw new Error("the acknowledgement was lost");
  }
}

/** One life of the object: stores read from the database, nothing kept from the life before. */
class Life {
  readonly journal: JournalStore;
  readonly outbox: OutboxStore;
  readonly audit: AuditOutbox;
  readonly #clock: { now_ms: number };

  constructor(
    storage: DurableObjectStorage,
    sink: AuditSink | null,
    clock: { now_ms: number },
    beforeRelease: () => void = () => undefined,
  ) {
    this.#clock = clock;
    this.journal = new JournalStore(storage.sql);
    this.outbox = new OutboxStore(storage.sql);
    const parts = { journal: this.journal, outbox: this.outbox, storage, sink, beforeRelease };
    this.audit = new AuditOutbox(parts, "u_model", () => clock.now_ms);
  }

  begin(): number {
    const event = {
      requestId: "r",
      deviceId: "d",
      client: "c",
      protocol: "2025-11-25",
      method: "tools/call",
      tool: "t",
      fields: [],
      ids: {},
      bytes_in: 1,
    };
    const seq = this.journal.begin(event, Math.max(this.#clock.now_ms, this.journal.last_ms), true);
    this.audit.begin(seq, this.#clock.now_ms);
    return seq;
  }

  end(seq: number): void {
    this.journal.end(seq, { outcome: "ok", duration_ms: 1, upstream_calls: 1, bytes_out: 1, targets: [] });
    this.audit.end(seq, 100);
  }
}

type Stored = {
  batch: number;
  previous_sha256: string;
  first_seq: number;
  last_seq: number;
  events: { seq: number; outcome: string; time: string }[];
};

async function chain(sink: FaultySink): Promise<Stored["events"]> {
  const batches = [...sink.objects].map(([key, body]) => ({ key, body, ...(JSON.parse(body) as Stored) }));
  batches.sort((a, b) => a.batch - b.batch);
  let previous = "";
  for (const [i, batch] of batches.entries()) {
    expect(batch.batch).toBe(i + 1);
    expect(batch.previous_sha256).toBe(previous);
    expect(batch.key).toMatch(/^audit\/u_model\/\d{4}-\d\d-\d\d\/\d{8}T\d{9}Z-[0-9a-f]{12}\.json$/);
    const days = new Set(batch.events.map((e) => e.time.slice(0, 10)));
    expect([...days]).toEqual([batch.key.split("/")[2]]);
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(batch.body));
    previous = new Uint8Array(digest).toHex();
  }
  return batches.flatMap((b) => b.events);
}

test("the sink fails as R2 does", async () => {
  const sink = new FaultySink();
  const failures: Record<string, Failure> = { "f/before": "before", "f/after": "after" };
  const put = (key: string): Promise<void> => {
    sink.next = failures[key] ?? "none";
    failures[key] = "none";
    return sink.put(key, key);
  };
  expect(await playFailures(put, async (key) => sink.objects.has(key))).toEqual(EXPECTED_FAILURES);
});

const action = fc.oneof(
  { weight: 6, arbitrary: fc.constant({ kind: "call" as const }) },
  { weight: 3, arbitrary: fc.constant({ kind: "start" as const }) },
  { weight: 3, arbitrary: fc.constant({ kind: "finish" as const }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("flush" as const),
      failure: fc.constantFrom<Failure>("none", "before", "after"),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ kind: "wake" as const }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("clock" as const),
      by_ms: fc.integer({ min: -120_000, max: 90_000_000 }),
    }),
  },
);

describe("the outbox", () => {
  test("model: exactly once, in order, one chain, over failures, lost acknowledgements, wakes and clock jumps", async () => {
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 40 }), async (actions) => {
        runs++;
        await runInDurableObject(userObject(`u_model${runs}`), async (_, state) => {
          const { storage } = state;
          await storage.deleteAll();
          migrate(storage, MIGRATIONS, 1);
          const sink = new FaultySink();
          const clock = { now_ms: Date.UTC(2026, 0, 1, 12) };
          let life = new Life(storage, sink, clock);
          let open: number[] = [];
          const ended = new Map<number, string>();
          for (const step of actions) {
            if (step.kind === "call") {
              const seq = life.begin();
              life.end(seq);
              ended.set(seq, "ok");
            } else if (step.kind === "start") open.push(life.begin());
            else if (step.kind === "finish") {
              const seq = open.shift();
              if (seq !== undefined) {
                life.end(seq);
                ended.set(seq, "ok");
              }
            } else if (step.kind === "flush") {
              sink.next = step.failure;
              const again_ms = await life.audit.flush();
              const waiting = life.audit.depth - open.length > 0;
              if (waiting) expect(again_ms).toBeGreaterThan(clock.now_ms - 1);
            } else if (step.kind === "clock") clock.now_ms += step.by_ms;
            else {
              life = new Life(storage, sink, clock);
              for (const seq of open) ended.set(seq, "unknown");
              open = [];
            }
          }
          for (const seq of open) life.end(seq);
          for (const seq of open) ended.set(seq, "ok");
          for (let i = 0; i < 5 && life.audit.depth > 0; i++) await life.audit.flush();
          expect(life.audit.depth).toBe(0);
          const events = await chain(sink);
          expect(events.map((e) => e.seq)).toEqual(
            Array.from({ length: life.journal.lastSeq }, (_, i) => i + 1),
          );
          for (const event of events) expect(event.outcome, `seq ${event.seq}`).toBe(ended.get(event.seq));
        });
      }),
      { numRuns: 40 },
    );
  });

  test("backs off while R2 fails and drains when it returns", async () => {
    await runInDurableObject(userObject("u_backoff"), async (_, state) => {
      await state.storage.deleteAll();
      migrate(state.storage, MIGRATIONS, 1);
      const clock = { now_ms: 1_000_000 };
      const sink = new FaultySink();
      const life = new Life(state.storage, sink, clock);
      life.end(life.begin());
      const delays: number[] = [];
      for (let i = 0; i < 12; i++) {
        sink.next = "before";
        delays.push(((await life.audit.flush()) ?? 0) - clock.now_ms);
      }
      for (const [i, delay] of delays.entries()) {
        const base = Math.min(900_000, 1_000 * 2 ** i);
        expect(delay).toBeGreaterThanOrEqual(base);
        expect(delay).toBeLessThanOrEqual(base * 1.25);
      }
      expect(sink.objects.size).toBe(0);
      expect(await life.audit.flush()).toBeUndefined();
      expect(sink.objects.size).toBe(1);
    });
  });

  test("a flush ends although events keep coming while R2 stores", async () => {
    await runInDurableObject(userObject("u_busy"), async (_, state) => {
      await state.storage.deleteAll();
      migrate(state.storage, MIGRATIONS, 1);
      const clock = { now_ms: 1_000_000 };
      class BusySink extends FaultySink {
        override async put(key: string, body: string): Promise<void> {
          // Far more than it may take: a flush that follows them would go on for ever.
          if (this.puts < 20) life.end(life.begin());
          await super.put(key, body);
        }
      }
      const sink = new BusySink();
      const life = new Life(state.storage, sink, clock);
      life.end(life.begin());
      // What came meanwhile is due by its own time.
      expect(await life.audit.flush()).toBe(clock.now_ms + 60_000);
      expect(sink.puts).toBe(1);
      expect(life.audit.depth).toBe(1);
      // A batch takes along what is there when it is made.
      await life.audit.flush();
      expect(sink.puts).toBe(2);
      expect((await chain(sink)).map((e) => e.seq)).toEqual([1, 2]);
    });
  });

  test("rows needed by the limiter or not yet stored stay; older ones are used again", async () => {
    await runInDurableObject(userObject("u_prune"), async (_, state) => {
      await state.storage.deleteAll();
      migrate(state.storage, MIGRATIONS, 1);
      const clock = { now_ms: 1_000_000 };
      const life = new Life(state.storage, new FaultySink(), clock);
      const rows = (): number[] =>
        state.storage.sql
          .exec<{ seq: number }>("SELECT seq FROM journal ORDER BY seq")
          .toArray()
          .map((r) => r.seq);
      life.end(life.begin());
      clock.now_ms += 50_000;
      life.end(life.begin());
      await life.audit.flush();
      clock.now_ms += 20_000;
      life.end(life.begin());
      // Not flushed since the first left the window: nothing may be used again.
      expect(rows()).toEqual([1, 2, 3]);
      await life.audit.flush();
      clock.now_ms += 3_600_000;
      life.end(life.begin());
      expect(rows()).toEqual([2, 3, 4]);
      life.end(life.begin());
      // The second is in R2 and was still in the window when that was found out.
      expect(rows()).toEqual([2, 3, 4, 5]);
      await life.audit.flush();
      life.end(life.begin());
      life.end(life.begin());
      expect(rows()).toEqual([4, 5, 6, 7]);
      expect(new JournalStore(state.storage.sql).lastSeq).toBe(7);
    });
  });

  test("while R2 is away no row is used again, however old and whatever life it is", async () => {
    await runInDurableObject(userObject("u_away"), async (_, state) => {
      await state.storage.deleteAll();
      migrate(state.storage, MIGRATIONS, 1);
      const clock = { now_ms: 1_000_000 };
      const sink = new FaultySink();
      let life = new Life(state.storage, sink, clock);
      for (let i = 0; i < 4; i++) {
        life.end(life.begin());
        clock.now_ms += 600_000;
        sink.next = "before";
        await life.audit.flush();
        life = new Life(state.storage, sink, clock);
      }
      life.end(life.begin());
      await life.audit.flush();
      expect((await chain(sink)).map((e) => e.seq)).toEqual([1, 2, 3, 4, 5]);
    });
  });

  test("a call that is never ended is ended when it is older than any call may become, and said", async () => {
    await runInDurableObject(userObject("u_overdue"), async (_, state) => {
      await state.storage.deleteAll();
      migrate(state.storage, MIGRATIONS, 1);
      const clock = { now_ms: 1_000_000 };
      const sink = new FaultySink();
      const reports: string[] = [];
      const log = vi.spyOn(console, "error").mockImplementation((line) => void reports.push(String(line)));
      const life = new Life(state.storage, sink, clock);
      const lost = life.begin();
      clock.now_ms += LONGEST_CALL_MS - 1;
      const runs = life.begin();
      life.end(life.begin());
      await life.audit.flush();
      expect([sink.objects.size, reports]).toEqual([0, []]);
      clock.now_ms += 1;
      await life.audit.flush();
      expect((await chain(sink)).map((e) => [e.seq, e.outcome])).toEqual([[lost, "unknown"]]);
      expect(reports).toEqual([expect.stringContaining(`call ${lost} began`)]);
      expect(reports[0]).toContain("InvariantError");
      log.mockRestore();
      life.end(lost);
      life.end(runs);
      await life.audit.flush();
      expect((await chain(sink)).map((e) => e.outcome)).toEqual(["unknown", "ok", "ok"]);
    });
  });

  test("a row used again carries nothing of the event before", async () => {
    await runInDurableObject(userObject("u_again"), async (_, state) => {
      await state.storage.deleteAll();
      migrate(state.storage, MIGRATIONS, 1);
      const clock = { now_ms: 1_000_000 };
      const life = new Life(state.storage, new FaultySink(), clock);
      for (let i = 0; i < 3; i++) life.end(life.begin());
      clock.now_ms += 61_000;
      life.end(life.begin());
      await life.audit.flush();
      const seq = life.begin();
      expect(state.storage.sql.exec("SELECT seq FROM journal WHERE seq = 1").toArray()).toEqual([]);
      const row = state.storage.sql
        .exec<{ outcome: string | null; finished: string | null }>("SELECT * FROM journal WHERE seq = ?", seq)
        .one();
      expect(row).toMatchObject({ seq: 5, t_ms: clock.now_ms, outcome: null, finished: null });
    });
  });

  test("what a busy time or trouble with R2 left behind is deleted down to a spare", async () => {
    await runInDurableObject(userObject("u_spare"), async (_, state) => {
      await state.storage.deleteAll();
      migrate(state.storage, MIGRATIONS, 1);
      const clock = { now_ms: 1_000_000 };
      const life = new Life(state.storage, new FaultySink(), clock);
      for (let i = 0; i < 1_200; i++) life.end(life.begin());
      clock.now_ms += 61_000;
      life.end(life.begin());
      await life.audit.flush();
      const count = (): number =>
        state.storage.sql.exec<{ n: number }>("SELECT count(*) AS n FROM journal").one().n;
      expect(count()).toBe(501);
      const woken = new Life(state.storage, new FaultySink(), clock);
      for (let i = 0; i < 300; i++) woken.end(woken.begin());
      expect(count()).toBe(501);
    });
  });

  test.each(["on", "off"])(
    "rows are counted before they may be used again, audit logging %s",
    async (logging) => {
      await runInDurableObject(userObject(`u_counted_${logging}`), async (_, state) => {
        await state.storage.deleteAll();
        migrate(state.storage, MIGRATIONS, 1);
        const { sql } = state.storage;
        const usage = new UsageStore(sql);
        const clock = { now_ms: 1_000_000 };
        const sink = logging === "on" ? { put: async () => undefined } : null;
        const life = new Life(state.storage, sink, clock, () => usage.absorb());
        for (let round = 0; round < 4; round++) {
          for (let i = 0; i < 5; i++) life.end(life.begin());
          clock.now_ms += 120_000;
          expect(await life.audit.flush()).toBeUndefined();
        }
        // Later rounds used the rows of earlier ones.
        expect(sql.exec<{ n: number }>("SELECT count(*) AS n FROM journal").one().n).toBeLessThan(20);
        expect(usage.days(1, clock.now_ms)).toMatchObject([{ requests: 20 }]);
      });
    },
  );

  test("with audit logging off rows are dropped and nothing is stored", async () => {
    await runInDurableObject(userObject("u_noaudit"), async (_, state) => {
      await state.storage.deleteAll();
      migrate(state.storage, MIGRATIONS, 1);
      const clock = { now_ms: 1_000_000 };
      const life = new Life(state.storage, null, clock);
      for (let i = 0; i < 5; i++) life.end(life.begin());
      clock.now_ms += 120_000;
      life.end(life.begin());
      expect(await life.audit.flush()).toBeUndefined();
      expect(life.audit.depth).toBe(0);
      for (let i = 0; i < 4; i++) life.end(life.begin());
      expect(state.storage.sql.exec<{ n: number }>("SELECT count(*) AS n FROM journal").one().n).toBe(6);
    });
  });
});
