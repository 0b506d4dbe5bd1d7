/** What the documentation points at exists: files, headings, npm scripts, admin commands, queries, columns. */
import { readdirSync, existsSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { parse } from "jsonc-parser";
import { describe, expect, test } from "vitest";
import { USAGE } from "../../../scripts/ops/admin-commands.ts";
import { ASKED_SECRETS, GENERATED_SECRETS } from "../../../scripts/ops/environments.ts";
import { HANDLED_EVENTS } from "../../../worker/billing/event-types.ts";

const ROOT = join(import.meta.dirname, "../../..");
const read = (file: string): string => readFileSync(join(ROOT, file), "utf8");
const pages = [
  ...readdirSync(ROOT).filter((name) => name.endsWith(".md")),
  ...readdirSync(join(ROOT, "docs"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => join("docs", name)),
];

/** As GitHub makes anchors of headings. */
function anchors(page: string): Set<string> {
  const headings = [...read(page).matchAll(/^#+\s+(.+)$/gm)].map((match) => match[1] ?? "");
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
        .trim()
        .replaceAll(/\s/g, "-"),
    ),
  );
}

function brokenLinks(page: string): string[] {
  const links = [...read(page).matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] ?? "");
  return links.filter((link) => {
    if (/^(https?|mailto):/.test(link)) return false;
    const [path = "", anchor] = link.split("#");
    const target = path === "" ? page : normalize(join(dirname(page), path));
    if (!existsSync(join(ROOT, target))) return true;
    return anchor !== undefined && !anchors(target).has(anchor);
  });
}

test("there are pages to check", () => {
  expect(pages).toContain("docs/deployment-runbook.md");
  expect(pages).toContain("docs/observability/README.md");
});

describe.each(pages)("%s", (page) => {
  test("links lead somewhere", () => {
    expect(brokenLinks(page)).toEqual([]);
  });

  test("npm scripts it names exist", () => {
    const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
    const named = [...read(page).matchAll(/npm run (?:-s )?([a-z][a-z0-9:]*)/g)].map(
      (match) => match[1] ?? "",
    );
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });

  test("admin commands it names exist", () => {
    const named = [...read(page).matchAll(/npm run admin -- ([a-z]+)/g)].map((match) => match[1] ?? "");
    expect(named.filter((name) => !new RegExp(`^  ${name}\\b`, "m").test(USAGE))).toEqual([]);
  });
});

describe("pictures of the pages", () => {
  const guide = read("docs/user-setup-guide.md");
  const shown = [...guide.matchAll(/!\[([^\]]*)\]\(screenshots\/([\w-]+\.png)\)/g)];
  const taken = readdirSync(join(ROOT, "docs/screenshots"));

  test("every one that is taken is shown, with what it shows in words", () => {
    expect(taken.length).toBeGreaterThanOrEqual(11);
    expect(shown.map(([, , file = ""]) => file).toSorted()).toEqual(taken.toSorted());
    for (const [, words = ""] of shown) expect(words.length).toBeGreaterThan(30);
    const script = read("scripts/docs-screenshots.ts");
    for (const file of taken) expect(script).toContain(`"${file.replace(".png", "")}"`);
  });

  test.each(taken)("%s is a small PNG, no wider than a page", (file) => {
    const bytes = readFileSync(join(ROOT, "docs/screenshots", file));
    expect(bytes.subarray(1, 4).toString("latin1")).toBe("PNG");
    expect(bytes.length).toBeLessThan(120_000);
    expect(bytes.readUInt32BE(16)).toBeLessThanOrEqual(1_000);
  });
});

test("every npm script's file exists", () => {
  const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
  const files = Object.values(scripts).flatMap(
    (command) => /^node (?:--import \S+ )?(\S+\.ts)/.exec(command)?.[1] ?? [],
  );
  expect(files.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
  expect(files).toContain("scripts/ops/deploy.ts");
});

test("alert rules name queries that exist, and columns that are written", () => {
  const { alerts } = JSON.parse(read("docs/observability/alerts.json")) as {
    alerts: { query?: string; log?: { event: string }; todo: string }[];
  };
  const sql = read("docs/observability/queries.sql");
  const queries = [...sql.matchAll(/^-- name: (\w+)$/gm)].map((match) => match[1]);
  for (const { query, log, todo } of alerts) {
    expect(todo).not.toBe("");
    if (query === undefined) expect(log?.event).toMatch(/^\w+$/);
    else expect(queries).toContain(query);
  }
  const used = new Set(sql.match(/\b(?:blob|double|index)\d+\b/g));
  const documented = read("docs/observability/README.md");
  for (const column of used) expect(documented).toContain(`\`${column}\``);
});

test("the API page has every route of the Worker", () => {
  const api = read("docs/api.md");
  const sources = [
    "worker/router.tsx",
    "worker/billing/routes.ts",
    "worker/billing/api.ts",
    "worker/account/routes.ts",
  ];
  const routes = sources.flatMap((file) =>
    [...read(file).matchAll(/"(\/[a-z][a-z/.-]*)"/g)].map((m) => m[1] ?? ""),
  );
  expect(routes.length).toBeGreaterThan(20);
  const missing = routes.filter(
    (route) => !api.includes(route) && !api.includes(`${dirname(route)}/{`) && !/\.(ts|tsx)$/.test(route),
  );
  expect(missing).toEqual([]);
});

test("the API page has every event the webhook handles", () => {
  const api = read("docs/api.md");
  const covered = (event: string): boolean =>
    api.includes(`\`${event}\``) || api.includes(`\`${event.replace(/[^.]+$/, "*")}\``);
  expect(HANDLED_EVENTS.length).toBeGreaterThan(20);
  expect(HANDLED_EVENTS.filter((event) => !covered(event))).toEqual([]);
});

test("the configuration page has every variable the server reads, and no other", () => {
  const page = read("docs/configuration.md");
  const documented = [...page.matchAll(/^\| `([A-Z_]+)`/gm)].map((match) => match[1] ?? "");
  const source = read("worker/env.ts");
  const schema = source.slice(source.indexOf("const schema = z.object({"), source.indexOf("const BINDINGS"));
  const known = [...schema.matchAll(/^ {2}([A-Z_]+):/gm)].map((match) => match[1] ?? "");
  expect(known.length).toBeGreaterThan(20);
  expect(documented.toSorted()).toEqual(known.toSorted());
  // What the operator's scripts ask for is a secret there, and nothing else is.
  const secrets = [...page.matchAll(/^\| `([A-Z_]+)` +\| secret/gm)].map((match) => match[1] ?? "");
  const set = [...GENERATED_SECRETS, ...ASKED_SECRETS, "ENCRYPTION_KEYS_PREVIOUS", "JWT_SECRET_PREVIOUS"];
  expect(secrets.toSorted()).toEqual(set.toSorted());
});

describe("wrangler.jsonc", () => {
  interface Section {
    vars: Record<string, string>;
    durable_objects: { bindings: { name: string }[] };
    kv_namespaces: { binding: string }[];
    r2_buckets: { binding: string; bucket_name: string }[];
    ratelimits: { name: string; namespace_id: string }[];
    triggers: { crons: string[] };
  }
  const file = parse(read("wrangler.jsonc")) as Section & { env: Record<string, Section> };
  const sections: [string, Section][] = [["development", file], ...Object.entries(file.env)];

  test("has three environments with the same bindings and nothing shared", () => {
    expect(sections.map(([name]) => name)).toEqual(["development", "staging", "production"]);
    for (const [name, section] of sections) {
      expect(section.vars["ENVIRONMENT"]).toBe(name);
      expect(section.durable_objects.bindings.map((b) => b.name)).toEqual(["USER"]);
      expect(section.kv_namespaces.map((b) => b.binding)).toEqual(["OAUTH_KV", "USER_MAPPINGS"]);
      expect(section.ratelimits.map((b) => b.name)).toEqual(file.ratelimits.map((b) => b.name));
      expect(section.triggers.crons).toHaveLength(1);
    }
    const unique = (values: string[]): void => expect(new Set(values).size).toBe(values.length);
    unique(sections.flatMap(([, s]) => s.ratelimits.map((r) => r.namespace_id)));
    unique(sections.flatMap(([, s]) => s.r2_buckets.map((b) => b.bucket_name)));
    unique(sections.map(([, s]) => s.vars["PUBLIC_URL"] ?? ""));
  });
});

test("the Inspector's command names its version: on an older Node npx would choose one that does not know it", () => {
  expect(read("docs/clients.md")).toMatch(/npx @modelcontextprotocol\/inspector@2\.\d+\.\d+ --cli URL/);
});

test("what wrangler's refusal of Durable Objects points to is there: the Workers plan by name", () => {
  const [deployment = ""] = pages.filter((page) => /docs\/deployment/.test(page));
  expect(read(deployment)).toContain("**Workers Paid**");
});
