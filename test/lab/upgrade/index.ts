/**
 * `npm run upgrade`: the product of an older commit writes state, the working tree's goes on with it, the older one
 * works again on what the newer one left (a rollback), and the newer one once more. Every promise must hold over all
 * four lives. Options: `--from <ref>` (the newest release unless given, or else the last commit with another product);
 * `--dump <folder>`: only writes state with that version and leaves its database there, as a fixture of
 * test/upgrade, where `--over <commit>:<folders>` replaces some of its folders. Exits 1 when a promise was broken, 0
 * with a word when the history does not reach back.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { check } from "../proof/check.ts";
import { flushAll, proofOf } from "../proof/drain.ts";
import { evidenceOf } from "../proof/evidence.ts";
import { findingsText } from "../proof/findings.ts";
import { buildProduct, ROOT } from "../workerd/bundle.ts";
import { dumpDatabase } from "./dump.ts";
import { commitOf, described, filesOf, previousCommit } from "./previous.ts";
import { goOn, LIMIT, reachLimit, write, type Story } from "./stages.ts";
import { abilitiesOf, makeWorld, type Version, type World } from "./world.ts";

const { values } = parseArgs({
  options: { from: { type: "string" }, dump: { type: "string" }, over: { type: "string" } },
});
/** The same for every run, so that a fixture can be opened by tests: the secret of vitest.config.ts. */
const VARS = {
  ENCRYPTION_KEY: "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
  FREE_REQUESTS_PER_MINUTE: String(LIMIT),
  PREMIUM_REQUESTS_PER_MINUTE: String(LIMIT),
};

/** Of the server, when something fails. */
const OUTPUT_LINES = 6;

const workDir = mkdtempSync(join(tmpdir(), "clickup-mcp-upgrade-"));
process.once("exit", () => rmSync(workDir, { recursive: true, force: true }));
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => process.exit(1));

process.exitCode = await main();

async function main(): Promise<number> {
  const from = values.from === undefined ? previousCommit() : commitOf(values.from);
  if (from === undefined) {
    if (values.from !== undefined) {
      console.error(`There is no commit ${values.from} here.`);
      return 1;
    }
    console.log(
      "Skipped: this history does not reach back to another product. Fetch more of it to try upgrades.",
    );
    return 0;
  }
  const [commit, paths] = values.over?.split(":") ?? [];
  const over = commit === undefined ? undefined : { commit, paths: paths?.split(",") ?? [] };
  const tree = filesOf(from, join(workDir, "older"), over);
  const [older, newer] = await Promise.all([
    version(described(from), tree),
    version("the working tree", ROOT),
  ]);
  const world = await makeWorld(workDir, older, VARS);
  try {
    if (values.dump !== undefined) return await dump(world, older, values.dump);
    return (await tell(world, older, newer)) ? 0 : 1;
  } catch (error) {
    console.error(world.workerd.output().split("\n").slice(-OUTPUT_LINES).join("\n"));
    console.error(error instanceof Error ? error.message : String(error));
    return 1;
  } finally {
    await world.stop();
  }
}

async function version(name: string, tree: string): Promise<Version> {
  const outDir = join(workDir, tree === ROOT ? "newer-bundle" : "older-bundle");
  return { name, bundle: await buildProduct(outDir, tree), ...abilitiesOf(tree) };
}

async function tell(world: World, older: Version, newer: Version): Promise<boolean> {
  const start = async (version: Version): Promise<void> => {
    console.log(`\n${version.name}`);
    await world.run(version);
  };
  await start(older);
  const story = await write(world, older);
  await start(newer);
  await goOn(world, story, newer);
  await start(older);
  await goOn(world, story, older);
  await start(newer);
  await goOn(world, story, newer);
  await reachLimit(world, story);
  return judge(world, story);
}

async function judge(world: World, { alice, bob }: Story): Promise<boolean> {
  const userIds = [alice.userId, bob.userId];
  await flushAll(world.admin, userIds);
  const proof = await proofOf(world.admin, userIds);
  await world.workerd.kill();
  const callers = [...alice.callers, ...bob.callers];
  const calls = callers.flatMap((caller) => caller.calls);
  const { r2, clickup, stateDir } = world;
  const findings = check(evidenceOf({ limit: LIMIT, calls, userIds, r2, seen: clickup.calls, stateDir }));
  findings.chain.push(...proof);
  const { text, kept } = findingsText(findings);
  console.log(
    `\n${calls.length} calls of ${callers.length} clients, ${r2.objects.size} batches in R2\n\n${text}`,
  );
  return kept;
}

/** Leaves the first user's database as text. */
async function dump(world: World, older: Version, folder: string): Promise<number> {
  await world.run(older);
  const { alice, sessions, plain } = await write(world, older);
  await world.workerd.kill();
  const by = values.over === undefined ? older.name : `${older.name} with ${values.over}`;
  const file = dumpDatabase(world.stateDir, alice.userId, folder, { by });
  console.log(
    `\n${file}: ${alice.callers.length} clients, ${sessions.length} sessions, ${plain.calls.length} calls`,
  );
  return 0;
}
