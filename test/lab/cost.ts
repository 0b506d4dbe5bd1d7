/**
 * `npm run cost`: dollars per million tool calls beyond what the plan includes, from rows, requests and operations
 * counted while the product ran. Prices: developers.cloudflare.com, pages "Pricing" of Workers, Durable Objects, KV
 * and R2 (Workers Paid, beyond the included amounts).
 */
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { buildBundles } from "./bench/build.ts";
import { toolCall } from "./bench/cases.ts";
import { once } from "./bench/load.ts";
import { postBytes } from "./workerd/connection.ts";
import { makeUsers } from "./workerd/users.ts";
import { startWorkerd, type Running } from "./bench/workerd.ts";
import { TIMER_TICK_MS } from "../../objects/limits.ts";

/** Dollars per million of each. */
const PRICE = {
  workerRequests: 0.3,
  workerCpu_ms: 0.02,
  objectRequests: 0.15,
  objectGbSeconds: 12.5,
  rowsRead: 0.001,
  rowsWritten: 1,
  kvReads: 0.5,
  kvWrites: 5,
  r2Puts: 4.5,
};

/** Assumed, not measured: ClickUp answers in this time, and the object waits for it. */
const CLICKUP_WAIT_S = 0.3;
/** With the object's timer, which may wake it once more; of calls close together only the last pays that. */
const AWAKE_S = CLICKUP_WAIT_S + TIMER_TICK_MS / 1_000;
/** An object is billed as 128 MB. */
const OBJECT_GB = 0.125;
/** Assumed CPU of the entry Worker for one call; the benchmark has the whole process. */
const WORKER_CPU_MS = 1;

interface Counted {
  calls: number;
  rowsRead: number;
  rowsWritten: number;
  alarms: number;
  kvReads: number;
  kvWrites: number;
  r2Puts: number;
}

const GOAL = 3.5;
/** Calls of a busy minute: a premium user may make 500. */
const BURST = 450;
/** More than a batch, so that a flush follows. */
const AFTERWARDS = 60;
/** Until the last call has left the limiter's window and the flush after it is done. */
const SETTLED_MS = 64_000;

const workDir = mkdtempSync("/dev/shm/clickup-mcp-cost-");
try {
  const running = await startWorkerd(await buildBundles(workDir), workDir, join(workDir, "state"));
  try {
    const { busy, alone } = await measure(running);
    report(`of ${busy.calls} calls in busy minutes`, busy);
    report("of a call with none before or after it", alone);
    compare();
    process.exitCode = total(busy) <= GOAL ? 0 : 1;
  } finally {
    await running.stop();
  }
} finally {
  rmSync(workDir, { recursive: true, force: true });
}

/** The second of two busy minutes with what it leaves behind, then a call by itself with its flush. */
async function measure(running: Running): Promise<{ busy: Counted; alone: Counted }> {
  const { prepared, userId } = await user(running, "busy");
  const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
  const minute = async (): Promise<number> => {
    for (let i = 0; i < BURST; i++) await once(prepared, "Product");
    await wait(SETTLED_MS);
    for (let i = 0; i < AFTERWARDS; i++) await once(prepared, "Product");
    await wait(2_000);
    return BURST + AFTERWARDS;
  };
  await minute();
  await take(running, userId, 0);
  const busy = await take(running, userId, await minute());
  await wait(SETTLED_MS);
  // The flush after the next call lets go of the last rows of the busy minutes: they are not its own.
  await once(prepared, "Product");
  await wait(SETTLED_MS);
  await take(running, userId, 0);
  await once(prepared, "Product");
  await wait(SETTLED_MS);
  return { busy, alone: await take(running, userId, 1) };
}

async function user(running: Running, prefix: string) {
  const options = { service: "measured", setup: "setup-measured", count: 1, prefix };
  const [made] = await makeUsers(running, options);
  if (made === undefined) throw new Error("no user");
  const headers = { Authorization: `Bearer ${made.oauth}` };
  const prepared = [postBytes(`${running.origins["measured"]}/mcp`, toolCall, headers)];
  return { prepared, userId: made.userId };
}

/** What was counted since the last time. */
async function take(running: Running, userId: string, calls: number): Promise<Counted> {
  const rows = (await (await fetch(`${running.origins["measured"]}/measure/rows?user=${userId}`)).json()) as {
    read: number;
    written: number;
    alarms: number;
  };
  const stores = (await (await fetch(`${running.origins["stores"]}/count`)).json()) as {
    kvReads: number;
    kvWrites: number;
    r2Puts: number;
  };
  return {
    calls,
    rowsRead: rows.read,
    // Setting an alarm is billed as a row written.
    rowsWritten: rows.written + rows.alarms,
    alarms: rows.alarms,
    ...stores,
  };
}

function lines(c: Counted): [what: string, perCall: number, dollars: number][] {
  const per = (n: number): number => n / c.calls;
  const at = (what: string, perCall: number, price: number): [string, number, number] => [
    what,
    perCall,
    perCall * price,
  ];
  return [
    at("Worker requests", 1, PRICE.workerRequests),
    at("Worker CPU, ms (assumed)", WORKER_CPU_MS, PRICE.workerCpu_ms),
    // Every alarm that goes off is a request of the object.
    at("object requests, alarms included", 1 + per(c.alarms), PRICE.objectRequests),
    at("object duration, GB-s (assumed wait)", AWAKE_S * OBJECT_GB, PRICE.objectGbSeconds),
    at("rows read", per(c.rowsRead), PRICE.rowsRead),
    at("rows written", per(c.rowsWritten), PRICE.rowsWritten),
    at("KV reads", per(c.kvReads), PRICE.kvReads),
    at("KV writes", per(c.kvWrites), PRICE.kvWrites),
    at("R2 puts", per(c.r2Puts), PRICE.r2Puts),
  ];
}

function total(c: Counted): number {
  return lines(c).reduce((sum, [, , dollars]) => sum + dollars, 0);
}

function report(title: string, c: Counted): void {
  console.log(`\n${title}`);
  for (const [what, perCall, dollars] of lines(c)) {
    console.log(
      `  ${what.padEnd(40)}${perCall.toFixed(4).padStart(10)} a call  $${dollars.toFixed(3)} a million`,
    );
  }
  const sum = total(c);
  console.log(
    `  ${"all in".padEnd(40)}${"".padStart(18)} $${sum.toFixed(2)} a million (goal $${GOAL.toFixed(2)})`,
  );
  const worst = sum + (1 - c.kvReads / c.calls) * PRICE.kvReads;
  console.log(`  ${"when every call verifies its token anew".padEnd(58)} $${worst.toFixed(2)} a million`);
}

/** Two other designs by the same prices: what each would do per call is assumed, not measured. */
function compare(): void {
  const kv = PRICE.workerRequests + 2 * PRICE.kvWrites + 4 * PRICE.kvReads + 5 * PRICE.workerCpu_ms;
  const perEvent =
    PRICE.workerRequests +
    WORKER_CPU_MS * PRICE.workerCpu_ms +
    PRICE.objectRequests +
    CLICKUP_WAIT_S * OBJECT_GB * PRICE.objectGbSeconds +
    PRICE.kvReads +
    PRICE.kvWrites +
    PRICE.r2Puts +
    PRICE.rowsWritten;
  console.log("\nother designs, by assumption");
  console.log(`  KV per request (2 writes, 4 reads)                 $${kv.toFixed(2)} a million`);
  console.log(`  one R2 object and KV entry per event               $${perEvent.toFixed(2)} a million`);
}
