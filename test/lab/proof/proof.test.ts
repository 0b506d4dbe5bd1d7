/** The checker of `npm run chaos` sees every broken promise, and nothing in a history that kept them all. */
import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { check, PROMISES, type Promised } from "./check.ts";
import type { Call, Evidence, UserEvidence } from "./history.ts";
import type { RecordedEvent } from "./chain.ts";
import { mostWithin, needlessRefusals, overAdmitted } from "./windows.ts";

const USER = "u_one";
const START_MS = Date.UTC(2026, 0, 5, 12);
const LIMIT = 3;
const EVERY_MS = 30_000;

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** Calls 1 to 6 half a minute apart, admitted and answered; two batches and one event that only the journal has left. */
function history(): { evidence: Evidence; user: UserEvidence; calls: Call[]; events: RecordedEvent[] } {
  const events = Array.from({ length: 6 }, (_, i): RecordedEvent => ({
    seq: i + 1,
    t_ms: START_MS + i * EVERY_MS,
    counted: true,
    requestId: `r${i + 1}`,
    protocol: "2025-11-25",
    bytes_in: 1_000 + i,
    outcome: "ok",
  }));
  const calls = events.map((event): Call => ({
    userId: USER,
    mark: event.bytes_in,
    sent_ms: event.t_ms - 5,
    ended_ms: event.t_ms + 5,
    end: "answered",
    requestId: event.requestId,
  }));
  const user: UserEvidence = {
    userId: USER,
    objects: [],
    puts: [],
    database: { rows: [], flushedSeq: 0, batches: 0, lastHash: "", pending: false },
  };
  const evidence: Evidence = { limit: LIMIT, calls, users: [user], made: new Map() };
  store(user, [events.slice(0, 3), events.slice(3)]);
  return { evidence, user, calls, events };
}

/** Puts batches of events in R2 and says so in the database. */
function store(user: UserEvidence, batches: RecordedEvent[][]): void {
  user.objects = [];
  user.puts = [];
  let previous = "";
  for (const [i, events] of batches.entries()) {
    const key = `audit/${USER}/2026-01-05/${i}.json`;
    const body = JSON.stringify({
      v: 1,
      user: USER,
      batch: i + 1,
      first_seq: events[0]?.seq,
      last_seq: events.at(-1)?.seq,
      previous_sha256: previous,
      events: events.map(({ t_ms, ...event }) => ({ time: new Date(t_ms).toISOString(), ...event })),
    });
    user.objects.push({ key, body });
    user.puts.push({ key, sha256: sha256(body), end: "stored", overwrote: false });
    previous = sha256(body);
  }
  const all = batches.flat();
  user.database = {
    rows: all.slice(-1),
    flushedSeq: all.at(-1)?.seq ?? 0,
    batches: batches.length,
    lastHash: previous,
    pending: false,
  };
}

/** The promises a history breaks, after a change to it. */
function broken(change: (parts: ReturnType<typeof history>) => void): Promised[] {
  const parts = history();
  change(parts);
  const findings = check(parts.evidence);
  return (Object.keys(PROMISES) as Promised[]).filter((promise) => findings[promise].length > 0);
}

const call = (calls: Call[], i: number): Call => {
  const found = calls[i];
  if (found === undefined) throw new Error(`no call ${i}`);
  return found;
};
const event = (events: RecordedEvent[], i: number): RecordedEvent => {
  const found = events[i];
  if (found === undefined) throw new Error(`no event ${i}`);
  return found;
};

describe("a history that kept every promise", () => {
  test("has no findings, also with calls that were cut off before or after they were admitted", () => {
    expect(broken(() => undefined)).toEqual([]);
    expect(
      broken(({ calls, events, user }) => {
        Object.assign(call(calls, 1), { end: "unanswered", requestId: null });
        calls.push({ ...call(calls, 1), mark: 2_000 });
        event(events, 1).outcome = "unknown";
        store(user, [events.slice(0, 3), events.slice(3)]);
      }),
    ).toEqual([]);
  });

  test("may have a put that was repeated with the same body after its acknowledgement was lost", () => {
    expect(
      broken(({ user }) => {
        const [first] = user.puts;
        if (first !== undefined) user.puts.unshift({ ...first, end: "refused" }, { ...first, end: "lost" });
      }),
    ).toEqual([]);
  });
});

describe("each broken promise is seen", () => {
  test("lost: an answered call is not in the record", () => {
    expect(
      broken(({ calls }) => void calls.push({ ...call(calls, 0), mark: 3_000, requestId: "r-none" })),
    ).toEqual(["lost"]);
  });

  test.each([[null], ["unknown"]])(
    "lost: the record does not know how an answered call ended (%s)",
    (outcome) => {
      expect(
        broken(({ events, user }) => {
          event(events, 2).outcome = outcome;
          store(user, [events]);
        }),
      ).toEqual(["lost"]);
    },
  );

  test("lost: the record has the request, with another body than was sent", () => {
    expect(broken(({ calls }) => void (call(calls, 0).mark = 4_000))).toEqual(["lost", "phantoms"]);
  });

  test("doubled: an answered call is there twice", () => {
    expect(
      broken(({ events, user }) => {
        events.push({ ...event(events, 5), seq: 7, t_ms: event(events, 5).t_ms + EVERY_MS });
        store(user, [events]);
      }),
    ).toEqual(["doubled"]);
  });

  test("doubled: a call that was cut off is there twice, under two request ids", () => {
    expect(
      broken(({ calls, events, user }) => {
        Object.assign(call(calls, 5), { end: "unanswered", requestId: null });
        const last = event(events, 5);
        events.push({ ...last, seq: 7, requestId: "r7", t_ms: last.t_ms + EVERY_MS });
        store(user, [events]);
      }),
    ).toEqual(["doubled"]);
  });

  test("phantoms: an event of no call", () => {
    expect(
      broken(({ events, user }) => {
        const last = event(events, 5);
        events.push({ ...last, seq: 7, requestId: "r7", bytes_in: 9_999, t_ms: last.t_ms + EVERY_MS });
        store(user, [events]);
      }),
    ).toEqual(["phantoms"]);
  });

  test("phantoms: a refused call is in the record", () => {
    const found = broken(({ calls }) => Object.assign(call(calls, 5), { end: "refused" }));
    expect(found).toContain("phantoms");
  });

  test("gaps: a position is missing", () => {
    expect(
      broken(({ calls, events, user }) => {
        calls.splice(2, 1);
        events.splice(2, 1);
        store(user, [events.slice(0, 2), events.slice(2)]);
      }),
    ).toEqual(["gaps", "chain"]);
  });

  test("gaps: the newest events are nowhere", () => {
    expect(
      broken(({ calls, events, user }) => {
        const row = event(events, 5);
        calls.splice(4);
        store(user, [events.slice(0, 4)]);
        user.database.rows = [row];
      }),
    ).toContain("gaps");
  });

  test("gaps: the clock runs back", () => {
    expect(
      broken(({ events, calls, user }) => {
        event(events, 1).t_ms = event(events, 0).t_ms - 1;
        Object.assign(call(calls, 1), { end: "unanswered", requestId: null });
        store(user, [events]);
      }),
    ).toEqual(["gaps"]);
  });

  test("chain: a body was changed after it was stored", () => {
    expect(
      broken(({ user }) => {
        const [first] = user.objects;
        if (first !== undefined) first.body = first.body.replace('"ok"', '"user_error"');
      }),
    ).toEqual(["chain"]);
  });

  test("chain: a batch is gone", () => {
    expect(broken(({ user }) => void user.objects.shift())).toContain("chain");
  });

  test("chain: a batch is there under two keys", () => {
    expect(
      broken(({ user }) => {
        const [first] = user.objects;
        if (first !== undefined) user.objects.push({ ...first, key: `audit/${USER}/2026-01-05/9.json` });
      }),
    ).toContain("chain");
  });

  test("chain: the journal has another event than R2 at a position", () => {
    expect(
      broken(({ user }) => {
        user.database.rows = user.database.rows.map((row) => ({ ...row, requestId: "r-other" }));
      }),
    ).toEqual(["chain"]);
  });

  test("chain: a batch lies under another day than its events", () => {
    expect(
      broken(({ user }) => {
        for (const object of user.objects) object.key = object.key.replace("2026-01-05", "2026-01-06");
      }),
    ).toEqual(["chain"]);
  });

  test("overwritten: a key got two bodies, or a put replaced one", () => {
    expect(
      broken(({ user }) => {
        const [first] = user.puts;
        if (first !== undefined) user.puts.push({ ...first, sha256: sha256("other"), end: "exists" });
      }),
    ).toEqual(["overwritten"]);
    expect(
      broken(({ user }) => {
        const [first] = user.puts;
        if (first !== undefined) first.overwrote = true;
      }),
    ).toEqual(["overwritten"]);
  });

  test("undrained: an event only waits, or a batch is on its way", () => {
    expect(
      broken(({ events, user }) => {
        store(user, [events.slice(0, 5)]);
        user.database.rows = [event(events, 5)];
      }),
    ).toEqual(["undrained"]);
    expect(broken(({ user }) => void (user.database.pending = true))).toEqual(["undrained"]);
  });

  test("over_admissions: by the record's times", () => {
    expect(
      broken(({ calls, events, user }) => {
        event(events, 5).t_ms = event(events, 3).t_ms + 1;
        event(events, 4).t_ms = event(events, 3).t_ms + 1;
        for (const i of [4, 5]) Object.assign(call(calls, i), { end: "unanswered", requestId: null });
        store(user, [events]);
      }),
    ).toEqual(["over_admissions"]);
  });

  test("over_admissions: by the clients' times, when the record's times are lies", () => {
    expect(
      broken(({ calls }) => {
        for (const one of calls) Object.assign(one, { sent_ms: START_MS, ended_ms: START_MS + 10 });
      }),
    ).toEqual(["over_admissions"]);
  });

  test("needless_refusals: the window had room", () => {
    const refused = (sent_ms: number) =>
      broken(
        ({ calls }) =>
          void calls.push({
            userId: USER,
            mark: 5_000,
            sent_ms,
            ended_ms: sent_ms + 10,
            end: "refused",
            requestId: "r-refused",
          }),
      );
    expect(refused(START_MS + EVERY_MS + 1)).toEqual(["needless_refusals"]);
    expect(refused(START_MS + 2 * EVERY_MS + 1)).toEqual([]);
  });

  test.each([
    ["session_lost", "sessions_lost"],
    ["broken", "broken"],
    ["hung", "hung"],
  ] as const)("%s", (end, promise) => {
    expect(
      broken(({ calls }) => void calls.push({ ...call(calls, 0), mark: 6_000, requestId: null, end })),
    ).toEqual([promise]);
  });

  test("writes_doubled and writes_lost", () => {
    const writes = (times: number) =>
      broken(({ calls, evidence }) => {
        Object.assign(call(calls, 0), { creates: "a task", created: true });
        Object.assign(evidence, { made: new Map([["a task", times]]) });
      });
    expect(writes(1)).toEqual([]);
    expect(writes(2)).toEqual(["writes_doubled"]);
    expect(writes(0)).toEqual(["writes_lost"]);
  });
});

describe("windows", () => {
  test("the request at the window's edge passes, one before it does not", () => {
    expect(overAdmitted([0, 1, 60_000], 2)).toEqual([]);
    expect(overAdmitted([0, 1, 59_999], 2)).toEqual([2]);
  });

  test("only calls wholly inside a window are counted against it", () => {
    const span = (sent_ms: number, ended_ms: number) => ({ sent_ms, ended_ms });
    expect(mostWithin([span(0, 5), span(10, 59_000), span(20, 61_000)])).toBe(2);
    expect(mostWithin([])).toBe(0);
  });

  test("a refusal is needless only when no moment of it had a full window", () => {
    const refusal = { sent_ms: 50_000, ended_ms: 50_010 };
    expect(needlessRefusals([refusal], [10_000, 20_000], 2)).toEqual([]);
    expect(needlessRefusals([refusal], [-20_000, 20_000], 2)).toEqual([refusal]);
  });
});
