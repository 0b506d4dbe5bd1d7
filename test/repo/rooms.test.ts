/** The rooms and what each may import: data flows worker -> objects -> tools -> tools/clickup. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, test } from "vitest";

const ROOT = new URL("../..", import.meta.url).pathname;
/** Where tools are made: `tools.ts` and `tools-….ts` of a noun's room. */
const TOOL_FILE = /^tools\/[^/]+\/tools(-[a-z-]+)?\.ts$/;
const SOURCE_ROOMS = ["worker", "objects", "tools", "migrations", "scripts"];

interface Import {
  from: string;
  /** Path inside the repository, or a package name. */
  to: string;
  typeOnly: boolean;
}

function sourceFiles(room: string): string[] {
  return readdirSync(join(ROOT, room), { recursive: true, encoding: "utf8" })
    .filter((f) => /\.tsx?$/.test(f) && !f.endsWith(".d.ts"))
    .map((f) => join(room, f));
}

const files = SOURCE_ROOMS.flatMap(sourceFiles);
const text = new Map(files.map((f) => [f, readFileSync(join(ROOT, f), "utf8")]));

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\s+(type\s)?([^;"']*?)from\s*["']([^"']+)["']|import\(\s*["']([^"']+)["']\s*\)|(?:^|\n)import\s+["']([^"']+)["']/g;

function imports(file: string): Import[] {
  return [...(text.get(file) ?? "").matchAll(IMPORT)].map((m) => {
    const target = m[3] ?? m[4] ?? m[5] ?? "";
    const to = target.startsWith(".") ? normalize(join(dirname(file), target)) : target;
    const named = m[2]?.trim() ?? "";
    const allNamedAreTypes =
      named.startsWith("{") &&
      named
        .slice(1, named.lastIndexOf("}"))
        .split(",")
        .map((n) => n.trim())
        .filter(Boolean)
        .every((n) => n.startsWith("type "));
    return { from: file, to, typeOnly: m[1] !== undefined || allNamedAreTypes };
  });
}

const all = files.flatMap(imports);
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
      /^objects\/rpc\/(user|views)\.ts$/,
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
      /^@modelcontextprotocol\/(server|sdk)/,
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
      /^tools\/(catalog|tiers|define|prompts|resources|call\/(call|redact)|words\/errors)\.ts$/,
      /^tools\/clickup\//,
      /^@modelcontextprotocol\/(server|sdk)/,
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
      /^test\/(sandbox\/|lab\/tools\/|browser\/(chromium|mcp-client)\.ts)/,
      /^node:/,
      /^@hono\/node-server$/,
      /^@modelcontextprotocol\//,
      /^gpt-tokenizer/,
      /^wrangler$/,
      /^playwright-core$/,
      /^stripe$/,
      // Figures alone.
      /^objects\/limits\.ts$/,
      // Which events a webhook endpoint has to be told, and which parts of the SDK a deployment has.
      /^worker\/billing\/(event-types|stripe-parts)\.ts$/,
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
