/**
 * Every command of the documentation is run, as it stands there: in a copy of the repository, against the whole stack
 * started by `npm start`. What would reach a Cloudflare account is marked (account) and runs against a stand-in for
 * wrangler. What is not run here is named in command-rules.ts, with the reason.
 */
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { operate, type Terminal } from "../../../scripts/ops/admin.ts";
import { openAdmin, type AdminLink } from "../../../scripts/ops/admin-link.ts";
import { FormBrowser } from "../../../scripts/form-browser.ts";
import { stripeFor } from "../../../scripts/ops/stripe-client.ts";
import { freePort } from "../../../scripts/ports.ts";
import { startStripeSandbox, type SandboxServer } from "../../../scripts/sandbox-server.ts";
import { SANDBOX } from "../../sandbox/clickup/facts.ts";
import { STRIPE_SANDBOX } from "../../sandbox/stripe/facts.ts";
import {
  commands,
  DESTRUCTIVE,
  IN_THE_COPY,
  matching,
  OTHER_STARTS,
  rank,
  scripts,
  SMOKE,
  SMOKE_LIMIT,
  WRANGLER,
} from "./command-rules.ts";
import { ScratchCopy } from "./scratch-copy.ts";
import { Workbench, type Done } from "./workbench.ts";

describe("running them", () => {
  const copy = new ScratchCopy();
  const bench = new Workbench();
  let url = "";
  let server: ReturnType<ScratchCopy["start"]>;
  let stripeUrl = "";
  let emptyStripe: SandboxServer;
  const tokens = { alice: "", bob: "", carol: "" };
  const users = { alice: "", bob: "", carol: "" };
  let customer = "";
  let known: [string | RegExp, string][] = [];

  beforeAll(async () => {
    emptyStripe = await startStripeSandbox(
      await freePort(18_980),
      bench.file("stripe.json"),
      undefined,
      "empty",
    );
    const port = await freePort(18_990);
    server = copy.start("npm start", { PORT: String(port) });
    const banner = await said(server, "Ctrl-C stops everything");
    url = `http://localhost:${port}`;
    expect(banner).toContain(`MCP URL        ${url}/mcp`);
    stripeUrl = /http:\/\/localhost:\d+(?=: upgrade)/.exec(banner)?.[0] ?? "";
    for (const person of ["alice", "bob", "carol"] as const) {
      tokens[person] = await tokenOf(person);
      const payload = Buffer.from(tokens[person].split(".")[1] ?? "", "base64url").toString("utf8");
      users[person] = (JSON.parse(payload) as { sub: string }).sub;
    }
    const { subscription, event } = await subscribe();
    known = [
      [/https?:\/\/(localhost:8484|YOUR-STAGING-ORIGIN|YOUR-ORIGIN|mcp\.example\.com)/g, url],
      // Without it the commands talk to this machine.
      [/(npm run admin .*) --env (?:staging|production)$/g, "$1"],
      [/\d{4}-\d\d-\d\d(?= --verify|$)/g, new Date().toISOString().slice(0, 10)],
      ["YOUR@EMAIL", "alice@northwind.test"],
      ["evt_…", event],
      ["sub_…", subscription],
    ];
  }, 120_000);

  afterAll(async () => {
    await (await connection)?.close();
    await Promise.all([interrupt(server), emptyStripe.stop()]);
    copy.remove();
    bench.remove();
  }, 30_000);

  /** Ctrl-C in the terminal it runs in. */
  function interrupt(child: ReturnType<ScratchCopy["start"]>): Promise<unknown> {
    const ended = new Promise((resolve) => child.once("close", resolve));
    process.kill(-(child.pid ?? 0), "SIGINT");
    return ended;
  }

  /** What a program prints until a word comes. */
  function said(child: ReturnType<ScratchCopy["start"]>, word: string): Promise<string> {
    return new Promise((resolve, reject) => {
      let output = "";
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding("utf8").on("data", (text: string) => {
          output += text;
          if (output.includes(word)) resolve(output);
        });
      }
      child.once("close", () => reject(new Error(output)));
    });
  }

  async function tokenOf(person: keyof typeof tokens): Promise<string> {
    const browser = new FormBrowser();
    const form = await browser.open(`${url}/auth/login`);
    const fields = { api_key: SANDBOX.tokens[person], access: "write", lifetime: "standard" };
    const { html } = await browser.submit(form, fields, "token");
    return /eyJ[\w-]+\.[\w-]+\.[\w-]+/.exec(html)?.[0] ?? "";
  }

  const mcp = (token: string): Promise<Response> =>
    fetch(`${url}/mcp`, {
      method: "POST",
      headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list" }),
    });

  /** Makes Alice a customer who once subscribed, so that there is something to look at. */
  async function subscribe(): Promise<{ subscription: string; event: string }> {
    const stripe = stripeFor(STRIPE_SANDBOX.secretKey, stripeUrl);
    const opened = await fetch(`${url}/stripe/create-checkout`, {
      method: "POST",
      headers: { Authorization: `Bearer ${tokens.alice}` },
    });
    const { checkout_url } = (await opened.json()) as { checkout_url: string };
    const session = checkout_url.split("/").at(-1) ?? "";
    await stripe.rawRequest("POST", `/v1/checkout/sessions/${session}/expire`);
    const made = await stripe.checkout.sessions.retrieve(session);
    customer = typeof made.customer === "string" ? made.customer : "";
    const { id } = await stripe.subscriptions.create({
      customer,
      items: [{ price: STRIPE_SANDBOX.priceMonthlyId }],
      trial_period_days: 5,
    });
    const [event] = (await stripe.events.list({ type: "customer.subscription.created", limit: 1 })).data;
    return { subscription: id, event: event?.id ?? "" };
  }

  /** With the names of this stack and these people in place of the example's. */
  function here(text: string, person: "alice" | "bob" = "alice"): string {
    const filled = known.reduce((current, [from, to]) => current.replaceAll(from, to), text);
    return filled.replaceAll(/\bUSERID\b|\bUSER\b/g, users[person]);
  }

  /** Commands of a kind as they are run here, each once. */
  function toRun(pattern: RegExp, person: "alice" | "bob" = "alice"): string[] {
    return [...new Set(matching(pattern).map(({ text }) => here(text, person)))];
  }

  async function ran(command: string, env: Record<string, string> = {}): Promise<Done> {
    const done = await copy.run(command, env);
    expect([command, done.status, done.status === 0 ? "" : done.output]).toEqual([command, 0, ""]);
    return done;
  }

  /**
   * An operator's command by the code that `npm run admin` runs, over one connection: starting each anew would take
   * longer than everything else.
   */
  async function operated(text: string, status: number): Promise<string> {
    let output = "";
    const terminal: Terminal = {
      write: (words) => void (output += words),
      note: () => undefined,
      open: async () => ({ ...(await admin()), close: async () => undefined }),
    };
    const args = text
      .replace(/^npm run admin( -- )?/, "")
      .split(" ")
      .filter(Boolean);
    const done = await operate(args, terminal).catch((error: unknown) => {
      output += String(error);
      return 1;
    });
    expect([text, done, done === status ? "" : output]).toEqual([text, status, ""]);
    return output;
  }

  let connection: Promise<AdminLink> | undefined;
  function admin(): Promise<AdminLink> {
    process.env["WRANGLER_REGISTRY_PATH"] = join(copy.dir, ".registry");
    connection ??= openAdmin("local", undefined, copy.dir);
    return connection;
  }

  async function together<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
    const waiting = [...items];
    const worker = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await work(next);
    };
    await Promise.all([worker(), worker(), worker()]);
  }

  test("X4 the commands of the HTTP API: tools by curl, Checkout by curl, both events of a subscription", async () => {
    const env = {
      TOKEN: tokens.bob,
      CUSTOMER: customer,
      STRIPE_WEBHOOK_SECRET: STRIPE_SANDBOX.webhookSecret,
    };
    const seen: string[] = [];
    for (const { text } of matching(/^curl |^for TYPE in /)) {
      const { output } = await ran(here(text), env);
      if (text.includes("tools/list")) {
        const { result } = JSON.parse(output) as { result: { tools: unknown[] } };
        expect(result.tools).toHaveLength(7);
        seen.push("tools");
      } else if (text.includes("create-checkout")) {
        expect(output).toMatch(/^\{"checkout_url":"http:\/\/localhost:\d+\/c\/pay\/cs_test_\w+"\}$/);
        seen.push("checkout");
      } else {
        // Both were taken, and neither is premium by itself: the plan is what Stripe says.
        expect(output).toBe('{"received":true}{"received":true}');
        seen.push("events");
      }
    }
    expect(seen.toSorted()).toEqual(["checkout", "events", "tools", "tools"]);
  });

  test("the operator's, against the server of npm start", { timeout: 120_000 }, async () => {
    const toOperate = toRun(/^npm run admin\b/).filter((text) => !DESTRUCTIVE.test(text));
    expect(scripts["admin"]).toMatch(/^node .*scripts\/ops\/admin\.ts$/);
    expect(toOperate.length).toBeGreaterThan(20);
    const outputs = new Map<string, string>();
    for (const text of toOperate) outputs.set(text, await operated(text, 0));
    // And as they stand there, three of them.
    const byNpm = /^npm run admin -- (users|export|doctor)\b/;
    for (const text of toOperate.filter((one) => byNpm.test(one))) {
      const { output } = await ran(text);
      expect(output.length).toBeGreaterThan(100);
    }
    const answer = (words: string) => outputs.get(`npm run admin -- ${words}`);
    expect(answer(`inspect ${users.alice}`)).toContain("Alice Andersson");
    expect(answer("doctor")).toMatch(/stripe webhook +true .*enabled/);
    expect(answer(`audit ${users.alice} --verify`)).toContain("The record is whole");
    for (const output of outputs.values()) expect(output).not.toContain(SANDBOX.tokens.alice);
  });

  test("the smoke test's: safe without its options, all of it with them", { timeout: 60_000 }, async () => {
    const sandbox = /http:\/\/localhost:\d+/.exec(copy.read(".wrangler/state/worker.env"))?.[0];
    const clickup = /CLICKUP_API_URL="(http:\/\/localhost:\d+)/.exec(
      copy.read(".wrangler/state/worker.env"),
    )?.[1];
    expect([sandbox, clickup]).not.toContain(undefined);
    const calls = async (of: string): Promise<{ method: string; path: string }[]> => {
      const { calls: made } = (await (await fetch(`${of}/__sandbox/calls`)).json()) as {
        calls: { method: string; path: string }[];
      };
      return made;
    };
    await fetch(`${clickup}/__sandbox/calls`, { method: "DELETE" });
    await fetch(`${stripeUrl}/__sandbox/calls`, { method: "DELETE" });
    const smoke = matching(SMOKE);
    // The steps that the guide shows are the ones it takes.
    const shown = [...copy.read("docs/deployment-runbook.md").matchAll(/^✓ (.{28})/gm)].map((m) =>
      m[0].trim(),
    );
    expect(shown.length).toBeGreaterThan(4);
    for (const { text } of smoke.filter((c) => !SMOKE_LIMIT.test(c.text))) {
      const { output } = await ran(here(text), { TOKEN: tokens.bob });
      expect(output).toContain("All steps passed");
      for (const step of shown) expect(output).toContain(step);
    }
    // As in production: it reads ClickUp, and Stripe hears nothing of it.
    expect((await calls(clickup ?? "")).filter(({ method }) => method !== "GET")).toEqual([]);
    expect(await calls(stripeUrl)).toEqual([]);
    for (const [i, { text }] of smoke.filter((c) => SMOKE_LIMIT.test(c.text)).entries()) {
      // The limit of one person is spent for a minute.
      const token = i === 0 ? tokens.carol : tokens.bob;
      const { output } = await ran(here(text), { TOKEN: token });
      expect(output).toMatch(/request 101 of the minute answered 429/);
      expect(output).toMatch(/checkout +(200, a Checkout page|409, premium already)/);
      if (text.includes("--audit")) expect(output).toMatch(/events in \d+ objects, chain whole/);
      expect(output.match(/✓/g)?.length).toBeGreaterThanOrEqual(11);
      expect(output).not.toContain(token);
    }
    expect((await calls(clickup ?? "")).filter(({ method }) => method !== "GET")).toEqual([]);
  });

  test("those that end somebody's access act at once", { timeout: 60_000 }, async () => {
    // Deleting comes last.
    const destructive = toRun(DESTRUCTIVE, "bob").toSorted().toReversed();
    expect(destructive).toHaveLength(2);
    for (const text of destructive) await operated(text, 0);
    expect((await mcp(tokens.bob)).status).toBe(401);
    const nobody = await operated("npm run admin -- inspect nobody@example.com", 1);
    expect(nobody).toContain("There is no user");
    const alone = await copy.run("npm run admin -- users", {
      WRANGLER_REGISTRY_PATH: join(copy.dir, "empty"),
    });
    expect(alone).toMatchObject({ status: 1, output: expect.stringContaining("npm start") });
  });

  test(
    "those of a Cloudflare account, in the guide's order, against the stand-in",
    { timeout: 120_000 },
    async () => {
      const origin = new URL(url);
      for (const host of ["clickup-mcp-staging.example.com", "clickup-mcp.example.com"]) {
        bench.setOrigin(`https://${host}`, origin.origin);
      }
      const { deployment } = (await (await fetch(`${url}/health`)).json()) as { deployment: string };
      const { state } = bench;
      bench.state = {
        ...state,
        versions: [
          {
            id: "earlier",
            metadata: { created_on: "2026-11-01T00:00:00Z" },
            annotations: { "workers/tag": "earlier", "workers/message": "schema 5, classes v1" },
          },
        ],
        deployments: [
          { created_on: "2026-11-01T00:00:00Z", versions: [{ version_id: "earlier", percentage: 100 }] },
        ],
      };
      const inOrder = commands.filter((command) => rank(command) >= 0).toSorted((a, b) => rank(a) - rank(b));
      expect(inOrder.length).toBeGreaterThan(18);
      for (const { text } of inOrder) {
        const secrets = bench.state.secrets["production"] ?? {};
        const env: Record<string, string> = {
          STAND_IN_STATE: bench.file("state.json"),
          STAND_IN_VERSION: deployment,
          CLICKUP_MCP_CONFIG_DIR: bench.dir,
          PRESENT: (text.startsWith("JWT") ? secrets["JWT_SECRET"] : secrets["ENCRYPTION_KEY"]) ?? "",
        };
        // That address is Cloudflare's: what would be sent there is said instead.
        const dry = text.includes("workers.dev") ? " --dry-run" : "";
        const filled = text.replace("YOUR-SUBDOMAIN", "acme").replace("--lock-days N", "--lock-days 30");
        const { output } = await ran(filled + dry, env);
        for (const value of Object.values(secrets)) expect(output).not.toContain(value);
        if (/^npm run deploy:(staging|production)/.test(text)) expect(output).toContain("is healthy.");
        if (text.includes("--save-to staging"))
          expect(output).toMatch(/ENCRYPTION_KEY {2}generated, fingerprint/);
      }
      expect(bench.changes.filter((call) => /^deploy .*--message/.test(call))).toHaveLength(2);
      expect(bench.changes.filter((call) => call.startsWith("rollback earlier"))).not.toHaveLength(0);
      expect(bench.state.buckets).toHaveLength(3);
    },
  );

  test("those of plain wrangler are ones it has, with these options", { timeout: 60_000 }, async () => {
    const plain = matching(WRANGLER);
    expect(plain.length).toBeGreaterThan(4);
    await together(plain, async ({ text }) => {
      const words = text.replace("npx ", "").split(" ");
      const verb = words.slice(
        0,
        words.findIndex((word, i) => i > 1 && /^--|[/:A-Z]/.test(word)),
      );
      const { output } = await ran(`${verb.join(" ")} --help`);
      expect(output).toContain(verb.join(" "));
      for (const option of words.filter((word) => word.startsWith("--"))) {
        expect([text, option, output.includes(option)]).toEqual([text, option, true]);
      }
    });
  });

  test("those that make something on this machine", { timeout: 120_000 }, async () => {
    const stripe = { STRIPE_SECRET_KEY: STRIPE_SANDBOX.secretKey, STRIPE_API_URL: emptyStripe.url };
    const before = copy.read("docs/tools.md");
    await together(matching(IN_THE_COPY), async ({ text }) => {
      const setup = text.startsWith("npm run stripe:setup");
      const { output } = await ran(text.replace("YOUR-ORIGIN", "mcp.acme.test"), setup ? stripe : {});
      if (text.includes("doctor")) expect(output).toContain("development is in order");
      if (text.includes("build:worker")) expect(output).toMatch(/minified \d+ KB, gzip \d+ KB/);
      if (setup) expect(output).toContain("STRIPE_PORTAL_CONFIGURATION=bpc_");
    });
    expect(copy.read("docs/tools.md")).toBe(before);
  });

  test("other ways to start it, until Ctrl-C", { timeout: 120_000 }, async () => {
    const other = new ScratchCopy();
    try {
      for (const { text } of matching(OTHER_STARTS)) {
        const child = other.start(text, { PORT: String(await freePort(19_100)) });
        const banner = await said(child, "Ctrl-C stops everything");
        expect([text, banner.includes("the real one (api.clickup.com)")]).toEqual([text, /real/.test(text)]);
        await interrupt(child);
      }
    } finally {
      other.remove();
    }
  });
});
