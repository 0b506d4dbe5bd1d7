/** Sends cases until one fails or there are enough. */
import fc from "fast-check";
import { filled, requestOf, send, type Case } from "./case.ts";
import { answerFaults, BOUND_MS, logFaults, readAnswer, type Answer } from "./oracle.ts";
import type { World } from "./world.ts";

export interface Tally {
  area: string;
  cases: number;
  /** Cases that make no HTTP request. */
  unsendable: number;
  /** Answers by status. */
  statuses: Record<string, number>;
}

/** How often the object is looked at between cases. */
const LOOK_EVERY = 40;

/** @throws Error with the case to replay when an answer, a log line or the record is not as it has to be */
export async function runArea(
  world: World,
  area: string,
  cases: fc.Arbitrary<Case>,
  { runs, seed }: { runs: number; seed: number },
): Promise<Tally> {
  const tally: Tally = { area, cases: 0, unsendable: 0, statuses: {} };
  const property = fc.asyncProperty(cases, async (one) => {
    const faults = await tryCase(world, one, tally);
    if (tally.cases % LOOK_EVERY === 0) faults.push(...(await world.faults()));
    if (faults.length > 0) throw new Error(faults.join("\n"));
  });
  const found = await fc.check(property, { numRuns: runs, seed });
  if (found.failed) {
    const [one] = found.counterexample ?? [];
    throw new Error(
      `${found.errorInstance instanceof Error ? found.errorInstance.message : String(found.errorInstance)}\n` +
        `area ${area}, seed ${seed}, after ${found.numRuns} cases and ${found.numShrinks} steps of shrinking\n` +
        `FUZZ_CASE=${shellQuoted(JSON.stringify(one))} npm run fuzz\n`,
    );
  }
  const faults = await world.faults();
  if (faults.length > 0) throw new Error(`${faults.join("\n")}\narea ${area}, seed ${seed}, at the end`);
  return tally;
}

/** Sends one case. @returns what is wrong */
export async function tryCase(world: World, one: Case, tally: Tally): Promise<string[]> {
  tally.cases++;
  await world.prepare(one);
  const request = await requestOf(one, world.values);
  if (request === undefined) {
    tally.unsendable++;
    return [];
  }
  const body = typeof one.body === "string" ? filled(one.body, world.values) : textOf(one.body?.hex ?? "");
  let answer: Answer | undefined;
  try {
    answer = await withinBound(send(request).then(readAnswer));
  } catch (error) {
    return [
      `it threw: ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`,
      ...logFaults(),
    ];
  }
  if (answer === undefined) return [`no answer within ${BOUND_MS} ms`, ...logFaults()];
  tally.statuses[answer.status] = (tally.statuses[answer.status] ?? 0) + 1;
  return [...answerFaults(one, { body }, answer), ...logFaults()];
}

async function withinBound<T>(work: Promise<T>): Promise<T | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), BOUND_MS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function textOf(hex: string): string {
  return new TextDecoder().decode(
    Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16)),
  );
}

/** In single quotes, all of it visible: a case is JSON, which has escapes for the rest. */
const shellQuoted = (json: string): string =>
  `'${json
    .replaceAll(/[^\x20-\x7E]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .replaceAll("'", "\\u0027")}'`;
