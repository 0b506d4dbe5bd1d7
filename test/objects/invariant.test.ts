/** What is relied on, broken on purpose: each is an incident of the user it concerns, and the user is served all the same. */
import { env } from "cloudflare:workers";
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { WINDOW_MS } from "../../objects/limits.ts";
import { AuditArchive } from "../../objects/record/archive.ts";
import { openKeyring, Vault, VaultError } from "../../objects/secrets/vault.ts";
import { JournalStore } from "../../objects/stores/journal.ts";
import { archiveOf } from "../faults/record.ts";
import { newUser, rpc, runDueJobs, userObject, type TestUser } from "../support/users.ts";

const EVENT = {
  requestId: "r",
  deviceId: "d",
  client: "c",
  protocol: null,
  method: "tools/list",
  tool: null,
  fields: [],
  ids: {},
  bytes_in: 1,
};

let lines: string[];
beforeEach(() => {
  lines = [];
  vi.spyOn(console, "error").mockImplementation((line: string) => void lines.push(line));
});
afterEach(() => vi.restoreAllMocks());

/** What was found not to hold, of one user. */
const broken = (userId: string): string[] =>
  lines
    .map((line) => JSON.parse(line) as { name: string; incident: string; user: string; message: string })
    .filter(
      ({ name, user, incident }) => name === "InvariantError" && user === userId && incident.length === 36,
    )
    .map(({ message }) => message);

async function call(user: TestUser): Promise<void> {
  const answer = await user.post(rpc("tools/list"));
  expect(answer.status).toBe(200);
  await answer.arrayBuffer();
}

const sql = (user: TestUser, statement: string): Promise<void> =>
  runInDurableObject(userObject(user.userId), (_, { storage }) => void storage.sql.exec(statement));

describe("the record", () => {
  test("a sequence has no gap", async () => {
    const user = await newUser();
    for (let i = 0; i < 3; i++) await call(user);
    await sql(user, "DELETE FROM journal WHERE seq = (SELECT max(seq) - 1 FROM journal)");
    await runDueJobs(user.userId);
    expect(broken(user.userId)).toEqual([
      expect.stringMatching(/^after event \d+ there are \d+ events from \d/),
    ]);
    await call(user);
  });

  test("a batch that leaves has no open row: the row gets its end, and no event is held back", async () => {
    const user = await newUser();
    for (let i = 0; i < 3; i++) await call(user);
    await sql(
      user,
      "UPDATE journal SET outcome = NULL, finished = NULL WHERE seq = (SELECT max(seq) - 1 FROM journal)",
    );
    await runDueJobs(user.userId);
    expect(broken(user.userId)).toEqual([expect.stringMatching(/^event \d+ is to leave and has no end$/)]);
    const events = await archiveOf(user.userId);
    expect(events.filter((event) => event.counted).map((event) => event.outcome)).toEqual([
      "ok",
      "unknown",
      "ok",
    ]);
  });

  test("what is in R2 was in the journal", async () => {
    const user = await newUser();
    await call(user);
    await sql(user, "UPDATE outbox_state SET flushed_seq = 1000");
    await evictDurableObject(userObject(user.userId));
    await call(user);
    expect(broken(user.userId)).toEqual([
      expect.stringMatching(/^event 1000 is in R2, and the newest is \d+$/),
    ]);
    await runDueJobs(user.userId);
    const archive = new AuditArchive(env.AUDIT_LOGS, user.userId);
    const [name = ""] = await archive.batches((await archive.days())[0] ?? "");
    expect((await archive.events(name)).map(({ seq }) => seq)).toEqual([1001]);
  });

  test("a row that is to be used again is there; a new one is made where it is not", async () => {
    const user = await newUser();
    await runInDurableObject(userObject(user.userId), (_, { storage }) => {
      const journal = new JournalStore(storage.sql);
      const begin = (t_ms: number): number => journal.begin(EVENT, t_ms, true);
      const now_ms = journal.last_ms + 2 * WINDOW_MS;
      const old = [1, 2, 3].map(() => begin(journal.last_ms));
      begin(now_ms);
      journal.release(old.at(-1) ?? 0);
      storage.sql.exec("DELETE FROM journal WHERE seq < ?", old.at(-1) ?? 0);
      const made = Array.from({ length: 8 }, () => begin(now_ms));
      const kept = [...journal.events((made[0] ?? 0) - 1, journal.lastSeq)].map(({ seq }) => seq);
      expect(kept).toEqual(made);
    });
  });

  test("a batch names its user, and nobody reads another's", async () => {
    const user = await newUser();
    await call(user);
    await runDueJobs(user.userId);
    const archive = new AuditArchive(env.AUDIT_LOGS, user.userId);
    const [day = ""] = await archive.days();
    const [name = ""] = await archive.batches(day);
    expect(await archive.events(name)).not.toEqual([]);
    const body = (await archive.text(name)) ?? "";
    await env.AUDIT_LOGS.put(`audit/${user.userId}/${name}`, body.replace(user.userId, "u_other"));
    expect(await archive.events(name)).toEqual([]);
    expect(broken(user.userId)).toEqual([`batch ${name} names another user`]);
  });
});

test("the limit: the rows of the window are in the order of time, and are counted in that order", async () => {
  const user = await newUser();
  for (let i = 0; i < 3; i++) await call(user);
  await sql(user, "UPDATE journal SET t_ms = t_ms - 30000 WHERE seq = (SELECT max(seq) - 1 FROM journal)");
  await evictDurableObject(userObject(user.userId));
  await call(user);
  expect(broken(user.userId)).toEqual([expect.stringMatching(/^of \d+ rows, \d+ is later than the next$/)]);
});

test("secrets: a sealed value names its user", async () => {
  const keyring = await openKeyring(btoa("0123456789abcdef0123456789abcdef"));
  const envelope = await new Vault(keyring, "u_one").seal("personal", "a token");
  await expect(new Vault(keyring, "u_two").open("personal", envelope)).rejects.toThrow(VaultError);
  expect(broken("u_two")).toEqual([
    expect.stringMatching(/^an envelope of key [0-9a-f]{8} names another user/),
  ]);
  expect(lines.join()).not.toContain("a token");
});
