/** What the cases of a run stand on: a person with a bearer, sessions, a browser, a client, and a ClickUp. */
import { runInDurableObject } from "cloudflare:test";
import { SANDBOX } from "../sandbox/clickup/facts.ts";
import { createStripeSandbox, STRIPE_SANDBOX } from "../sandbox/stripe/index.ts";
import { register } from "../support/secrets.ts";
import { answerHost, clickup } from "../support/outside.ts";
import { newUser, rpc, type TestUser } from "../support/users.ts";
import { Browser, hiddenField } from "../worker/browser.ts";
import {
  authorizeByToken,
  authorizePath,
  newClient,
  redeem,
  type Client,
  type Tokens,
} from "../worker/client.ts";
import { formTokenOf, signedIn } from "../worker/person.ts";
import type { Case, Values } from "./case.ts";

/** A premium user may send 500 requests a minute; the run is to meet tools, not limits. */
const CASES_PER_USER = 200;
const CASES_PER_SIGN_IN = 20;

export class World {
  values: Values = {};
  user!: TestUser;
  browser = new Browser();
  #sincePerson = 0;
  #sinceSignIn = 0;
  readonly #seed = clickup.snapshot();

  static async open(): Promise<World> {
    const world = new World();
    const stripe = createStripeSandbox({
      webhookUrl: "https://mcp.test/stripe/webhook",
      send: () => Promise.resolve(new Response()),
    });
    answerHost("api.stripe.test", (request) => stripe.fetch(request));
    await world.#newPerson();
    await world.#newSignIn();
    return world;
  }

  /** Before each case: makes anew what is used up, arms the fault the case wants. */
  async prepare(one: Case): Promise<void> {
    register.trustful = true;
    clickup.clearFaults();
    clickup.clearCalls();
    if (++this.#sincePerson >= CASES_PER_USER) await this.#newPerson();
    if (++this.#sinceSignIn >= CASES_PER_SIGN_IN) await this.#newSignIn();
    register.trustful = false;
    // What ClickUp said of its limit is remembered: those that follow would wait for it.
    if (one.fault === "429") this.#sincePerson = CASES_PER_USER;
    if (one.fault === undefined) return;
    const times = 1_000;
    if (one.fault === "500" || one.fault === "403")
      clickup.fault({ kind: "status", status: Number(one.fault), times });
    else if (one.fault === "429") clickup.fault({ kind: "rate_limited", times, ms: 100 });
    else clickup.fault({ kind: one.fault, times });
  }

  /** The person's object answers, and its record has every request once, in order, and ended. */
  async faults(): Promise<string[]> {
    clickup.clearFaults();
    const faults: string[] = [];
    const normal = await this.user.post(rpc("tools/list", undefined, "normal"));
    if (![200, 429].includes(normal.status)) faults.push(`a normal call after it: ${normal.status}`);
    await normal.text();
    const rows = await runInDurableObject(this.user.object, (_, { storage }) =>
      storage.sql
        .exec<{ seq: number; method: string; tool: string | null; started: string; outcome: string | null }>(
          "SELECT seq, method, tool, started, outcome FROM journal ORDER BY seq",
        )
        .toArray(),
    );
    const gaps = rows.filter(({ seq }, i) => i > 0 && seq !== (rows[i - 1]?.seq ?? 0) + 1);
    if (gaps.length > 0) faults.push(`a gap in the record before ${gaps[0]?.seq}`);
    const open = rows.filter(({ outcome }) => outcome === null);
    // Long calls may be under way; what has piled up was forgotten.
    if (open.length > 5)
      faults.push(`${open.length} requests of the record never ended, the first: ${JSON.stringify(open[0])}`);
    for (const row of rows) faults.push(...recordFaults(row));
    return faults;
  }

  async #newPerson(): Promise<void> {
    this.#sincePerson = 0;
    if (this.user !== undefined) await this.#end();
    clickup.restore(this.#seed);
    const other = await newUser({ tier: "premium" });
    this.user = await newUser({ tier: "premium" });
    this.values["foreignSession"] = await sessionOf(other);
    this.values["session"] = await sessionOf(this.user);
    this.values["bearer"] = this.user.bearer;
    this.values["user"] = this.user.userId;
    this.values["device"] = this.user.deviceId;
  }

  async #end(): Promise<void> {
    const faults = await this.faults();
    if (faults.length > 0) throw new Error(faults.join("\n"));
  }

  async #newSignIn(): Promise<void> {
    this.#sinceSignIn = 0;
    const alive = this.browser.cookies.size > 0 && (await this.browser.get("/account")).status === 200;
    if (!alive) this.browser = await signedIn("alice");
    this.values["form"] = await formTokenOf(this.browser);
    this.values["cookie"] = [...this.browser.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const client = await newClient();
    this.values["client"] = client.clientId;
    this.values["verifier"] = client.verifier;
    this.values["challenge"] = client.challenge;
    const consent = new Browser();
    this.values["handle"] = hiddenField(await (await consent.get(authorizePath(client))).text(), "handle");
    this.values["consentCookie"] = [...consent.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    await this.#tokens(client);
    const login = new Browser();
    this.values["state"] = hiddenField(await (await login.get("/auth/login")).text(), "state");
    this.values["loginCookie"] = [...login.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    this.values["customer"] = "cus_unknown";
    this.values["event"] = `evt_${crypto.randomUUID().replaceAll("-", "")}`;
    this.values["price"] = STRIPE_SANDBOX.priceMonthlyId;
    this.values["token"] = SANDBOX.tokens.alice;
  }

  async #tokens(client: Client): Promise<void> {
    const code = async (): Promise<string> =>
      (await authorizeByToken(new Browser(), client, SANDBOX.tokens.carol)).searchParams.get("code") ?? "";
    const tokens = await (await redeem(client, await code())).json<Tokens>();
    this.values["refresh"] = tokens.refresh_token;
    this.values["access"] = tokens.access_token;
    this.values["code"] = await code();
  }
}

const NAME = /^[\w$.(][\w$. -]{0,40}(\/[\w$.-]{1,40}){0,3}\)?$/;

/** Only names and ids are in the record. */
function recordFaults(row: { method: string; tool: string | null; started: string }): string[] {
  const { protocol, fields, ids } = JSON.parse(row.started) as {
    protocol: string | null;
    fields: string[];
    ids: Record<string, string>;
  };
  const wrong = [
    NAME.test(row.method) ? [] : [`method ${row.method}`],
    row.tool === null || /^clickup_\w+$/.test(row.tool) ? [] : [`tool ${row.tool}`],
    protocol === null || /^\d{4}-\d\d-\d\d$/.test(protocol) ? [] : [`protocol ${protocol}`],
    fields.filter((name) => !/^[a-z_]{1,40}$/.test(name)),
    Object.values(ids).filter((id) => !/^[\w-]{1,40}$/.test(id)),
  ].flat();
  return wrong.map((what) => `in the record: ${what.slice(0, 100)}`);
}

async function sessionOf(user: TestUser): Promise<string> {
  const params = {
    protocolVersion: "2025-11-25",
    capabilities: { elicitation: {}, sampling: {} },
    clientInfo: { name: "fuzz", version: "1" },
  };
  const response = await user.post(rpc("initialize", params), {
    Accept: "application/json, text/event-stream",
  });
  await response.text();
  return response.headers.get("Mcp-Session-Id") ?? "";
}
