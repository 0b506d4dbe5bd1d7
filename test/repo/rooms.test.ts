/** The rooms and what each may import: data flows worker -> objects -> tools -> tools/clickup. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { arrows, circles, type Import, importsOf, readSource, roomOf, SOURCE } from "./imports.ts";

const ROOT = new URL("../..", import.meta.url).pathname;
/** Where tools are made: `tools.ts` and `tools-….ts` of a noun's room. */
const TOOL_FILE = /^tools\/[^/]+\/tools(-[a-z-]+)?\.ts$/;
const text = readSource(SOURCE);
const files = [...text.keys()];
const all = importsOf(text);
const isPackage = (i: Import): boolean =>
  !/^(worker|objects|tools|migrations|test|scripts)\//.test(i.to) && i.to !== "package.json";

/** For each room: what it may import. First match wins, so the narrow rooms come first. */
const RULES: { room: RegExp; may: RegExp[]; types?: RegExp[] }[] = [
  {
    room: /^worker\/index\.ts$/,
    may: [/^worker\//, /^objects\/(rpc\/user|user)\.ts$/, /^hono/, /^cloudflare:workers$/, /^stripe$/],
  },
  {
    room: /^worker\/pages\//,
    may: [/^worker\/pages\//, /^hono\/(jsx|css|html)/, /^tools\/(catalog|words\/untrusted)\.ts$/],
    types: [
      /^@cloudflare\/workers-oauth-provider$/,
      /^objects\/rpc\/(user|views|billing)\.ts$/,
      /^tools\/define\.ts$/,
    ],
  },
  // The prepared list of tools, which an object names instead of sending it.
  {
    room: /^worker\/tool-list\.ts$/,
    may: [/^tools\/catalog\.ts$/],
    types: [/^objects\/rpc\/user\.ts$/],
  },
  {
    room: /^worker\//,
    may: [
      /^worker\//,
      // Types of the RPC face, and the names of its two headers.
      /^objects\/rpc\//,
      /^tools\/clickup\/(http|errors)\.ts$/,
      /^hono/,
      /^jose$/,
      /^zod$/,
      /^stripe$/,
      /^@cloudflare\/workers-oauth-provider$/,
      /^cloudflare:workers$/,
      /^package\.json$/,
    ],
    // The payment provider is implemented here, for an interface the objects own.
    types: [/^objects\/(rpc\/|billing\/billing-port\.ts$)/, /^tools\/(define|tiers)\.ts$/],
  },
  {
    room: /^objects\/stores\//,
    may: [/^objects\/limits\.ts$/],
    types: [/^objects\/rpc\//, /^tools\/(define|tiers)\.ts$/],
  },
  {
    room: /^objects\/mcp\//,
    may: [
      /^objects\/mcp\//,
      /^objects\/(limits\.ts$|rpc\/)/,
      /^objects\/stores\//,
      /^@modelcontextprotocol\/server/,
      /^node:async_hooks$/,
      /^zod$/,
    ],
    types: [/^objects\//, /^tools\/(define|tiers)\.ts$/],
  },
  {
    room: /^objects\/rpc\//,
    may: [],
    types: [/^objects\/rpc\//, /^tools\/(define|tiers)\.ts$/],
  },
  {
    room: /^objects\//,
    may: [
      /^objects\//,
      /^migrations\//,
      /^tools\/(catalog|tiers|define|prompts|resources|skills|call\/(call|grant|redact)|words\/errors|when\/zone)\.ts$/,
      /^tools\/clickup\//,
      /^@modelcontextprotocol\/server/,
      /^agents\/lifecycle$/,
      /^cloudflare:workers$/,
      /^zod$/,
      /^package\.json$/,
    ],
  },
  { room: /^tools\/clickup\//, may: [/^tools\/clickup\//, /^zod$/] },
  { room: /^tools\//, may: [/^tools\//, /^zod$/] },
  { room: /^migrations\//, may: [/^migrations\//] },
  {
    room: /^scripts\//,
    may: [
      /^scripts\//,
      /^tools\//,
      /^test\/(sandbox\/|lab\/tools\/|browser\/(chromium|mcp-client)\.ts|repo\/imports\.ts)/,
      /^node:/,
      /^@hono\/node-server$/,
      /^@modelcontextprotocol\//,
      /^gpt-tokenizer/,
      /^wrangler$/,
      /^jsonc-parser$/,
      /^playwright-core$/,
      /^stripe$/,
      // Figures alone.
      /^objects\/limits\.ts$/,
      // Which events a webhook endpoint has to be told.
      /^worker\/billing\/event-types\.ts$/,
      // What an operator is told of their Stripe account, and of amounts, in the server's own words.
      /^worker\/(billing\/(checks\/account|failures)|pages\/money)\.ts$/,
      /^package\.json$/,
    ],
    types: [/^objects\/rpc\//],
  },
];

describe("rooms", () => {
  test("the check sees the tree", () => {
    expect(files.length).toBeGreaterThan(50);
    expect(all.length).toBeGreaterThan(100);
  });

  test("no arrow against the flow", () => {
    const forbidden = all.filter((i) => {
      const rule = RULES.find((r) => r.room.test(i.from));
      if (rule === undefined) return true;
      return (
        !rule.may.some((m) => m.test(i.to)) && !(i.typeOnly && rule.types?.some((m) => m.test(i.to)) === true)
      );
    });
    expect(forbidden.map((i) => `${i.from} -> ${i.to}${i.typeOnly ? " (type)" : ""}`)).toEqual([]);
  });

  test("tools do not know each other: the catalog alone imports them", () => {
    const across = all.filter((i) => TOOL_FILE.test(i.to) && i.from !== "tools/catalog.ts");
    expect(across.filter((i) => !i.from.startsWith("test/")).map((i) => `${i.from} -> ${i.to}`)).toEqual([]);
  });

  test("tools load without the platform", () => {
    const platform = all.filter((i) => i.from.startsWith("tools/") && isPackage(i) && i.to !== "zod");
    expect(platform).toEqual([]);
  });

  test("nothing in the product imports the tests, the scripts or node:", () => {
    // Workers have async contexts by the name Node gives them, and by no other.
    const wrong = all.filter(
      (i) => !i.from.startsWith("scripts/") && /^(test|scripts)\/|^node:(?!async_hooks$)/.test(i.to),
    );
    expect(wrong).toEqual([]);
  });
});

/** What of `scripts/` may read `test/`: what runs or shows the sandboxes. */
const READS_TEST =
  /^scripts\/(start|stack|sandbox-server|demo|demo-steps|docs|docs-economy|docs-rooms|docs-screenshots)\.ts$/;

test("the product never imports test/, of the scripts only what runs or shows the sandboxes", () => {
  const wrong = all.filter((i) => i.to.startsWith("test/") && !READS_TEST.test(i.from));
  expect(wrong.map((i) => `${i.from} -> ${i.to}`)).toEqual([]);
});

test("what tools share knows no noun", () => {
  const noun = /^tools\/(?!(call|kept|resolve|when|words|clickup)\/)[^/]+\//;
  const wrong = all.filter((i) => /^tools\/(call|kept|resolve|when|words)\//.test(i.from) && noun.test(i.to));
  expect(wrong.map((i) => `${i.from} -> ${i.to}`)).toEqual([]);
});

/** Circles of files that are being opened: delete each with the change that opens it. */
const KNOWN_FILE_CIRCLES: string[][] = [];
/**
 * Circles of rooms in worker/, where files lie apart by what people see rather than by floor. Signing in to the account
 * and allowing a client are two rooms with one way through them; plan and account are two pages: the plan's forms pass
 * the account's guard, and the account shows the plan's card. What a look at Stripe finds (checks) and what a user's
 * object asks (port) speak Stripe with the files of billing that lie above them.
 */
const KNOWN_ROOM_CIRCLES = [
  ["worker/account", "worker/billing", "worker/billing/checks", "worker/billing/port"],
  ["worker/auth", "worker/context.ts", "worker/oauth"],
];
/** More than 20 flat files, because the noun is truly one: the number is a ceiling, which only falls. */
const LARGE: Record<string, number> = {
  "objects/mcp": 23,
  "scripts/ops": 25,
  // The sandboxes: one state, and a file for each kind of thing in it.
  "test/sandbox/clickup": 38,
  "test/sandbox/clickup/routes": 25,
  "test/sandbox/stripe": 45,
  "tools/clickup": 24,
  "tools/tasks": 28,
  "worker/billing": 22,
};
const FLAT = 20;

describe("the house", () => {
  const everything = readSource([...SOURCE, "test"]);
  const everyImport = importsOf(everything);
  const rooms = [...new Set([...everything.keys()].map(roomOf))];

  test("no circle of files, types counted", () => {
    const found = circles(arrows(everyImport, (path) => (everything.has(path) ? path : undefined)));
    expect(found).toEqual(KNOWN_FILE_CIRCLES);
  });

  test.each(["worker", "objects", "tools"])("no circle of rooms in %s/", (house) => {
    // A file that stands in no room is a room of its own.
    const node = (path: string): string | undefined => {
      if (!path.startsWith(`${house}/`) || !everything.has(path)) return undefined;
      return roomOf(path) === house ? path : roomOf(path);
    };
    const known = KNOWN_ROOM_CIRCLES.filter(([first]) => first?.startsWith(`${house}/`) === true);
    expect(circles(arrows(everyImport, node))).toEqual(known);
  });

  test(`at most ${FLAT} files flat in a room`, () => {
    const count = (room: string): number => [...everything.keys()].filter((f) => roomOf(f) === room).length;
    // An exception has its number: it falls with the room, and grows by nobody's accident.
    const large = rooms.filter((room) => count(room) > FLAT).map((room) => [room, count(room)] as const);
    expect(Object.fromEntries(large)).toEqual(LARGE);
  });

  test("every room has its line in docs/architecture.md, and no line is without its room", () => {
    const page = readFileSync(join(ROOT, "docs/architecture.md"), "utf8");
    const lines = [...page.matchAll(/^\| `([a-z][\w/-]*)\/` +\| \S/gm)].map((m) => m[1] ?? "");
    expect(lines.toSorted()).toEqual(rooms.toSorted());
  });
});

describe("what a room may do", () => {
  const matching = (pattern: RegExp, where: RegExp): string[] =>
    files.filter((f) => where.test(f) && pattern.test(stripComments(text.get(f) ?? "")));

  test("fetch( to the outside only in tools/clickup/http.ts and the Stripe factory", () => {
    const callers = matching(/(?<![.\w#])fetch\(|globalThis\.fetch/, /^(worker|objects|tools)\//);
    const allowed = ["tools/clickup/http.ts", "worker/billing/stripe.ts"];
    // `override async fetch(` and `fetch(request` of a class or handler declare, they do not call.
    const calls = callers.filter(
      (f) =>
        (stripComments(text.get(f) ?? "").match(/(?:^|[^.\w#])(?:await |return |=> |= |\()fetch\(/g) ?? [])
          .length > 0,
    );
    expect(calls.filter((f) => !allowed.includes(f))).toEqual([]);
    expect(calls).toContain("tools/clickup/http.ts");
  });

  test("SQL only in stores and the migration runner", () => {
    const users = matching(/\bsql\.exec\b|\.sql\.exec\(/, /./);
    expect(users.filter((f) => !/^objects\/(stores\/|migrate\.ts)/.test(f))).toEqual([]);
  });

  test("no catch in a room's tools*.ts: errors are rendered in one place", () => {
    expect(matching(/\bcatch\b/, TOOL_FILE)).toEqual([]);
  });

  test("files hold one purpose: none above 400 lines, none named for everything", () => {
    const long = files.filter((f) => (text.get(f) ?? "").split("\n").length > 401);
    expect(long).toEqual([]);
    expect(files.filter((f) => /(utils?|helpers?|common|manager|misc|enhanced)\.tsx?$/i.test(f))).toEqual([]);
  });
});

describe("migrations", () => {
  test("are numbered from 1 without a gap or a twin, and all listed", () => {
    const sql = readdirSync(join(ROOT, "migrations"))
      .filter((f) => f.endsWith(".sql"))
      .sort();
    expect(sql.map((f) => Number(f.slice(0, 4)))).toEqual(sql.map((_, i) => i + 1));
    const index = text.get("migrations/index.ts") ?? "";
    for (const file of sql) expect(index).toContain(`./${file}`);
    const ids = [...index.matchAll(/id: (\d+)/g)].map((m) => Number(m[1]));
    expect(ids).toEqual(sql.map((_, i) => i + 1));
  });
});

function stripComments(source: string): string {
  return source.replaceAll(/\/\*[\s\S]*?\*\//g, "").replaceAll(/(^|[^:])\/\/.*$/gm, "$1");
}
