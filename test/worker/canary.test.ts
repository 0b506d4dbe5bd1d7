/** The watch for secrets sees what it is there for: each leak made here is found, and taken back. */
import { env } from "cloudflare:workers";
import { runInDurableObject } from "cloudflare:test";
import { afterEach, describe, expect, it } from "vitest";
import { SANDBOX } from "../sandbox/clickup/facts.ts";
import { lookThrough } from "../support/canary.ts";
import { register, takeLeaks } from "../support/secrets.ts";
import { newUser } from "../support/users.ts";
import { watched } from "../support/watched-worker.ts";
import { Browser } from "./browser.ts";
import { connect } from "./client.ts";

const TOKEN = SANDBOX.tokens.alice;
const KEY = (env as unknown as { ENCRYPTION_KEY: string }).ENCRYPTION_KEY;
const answer = (body: string, type = "text/html", headers = {}): Response =>
  new Response(body, { headers: { "Content-Type": type, ...headers } });

async function leaksOf(response: Response, route: string): Promise<string[]> {
  await (await watched(response, route)).text();
  return takeLeaks();
}

afterEach(() => {
  takeLeaks();
  register.logs.length = 0;
});

describe("the watch", () => {
  it.each([
    ["as it is", TOKEN],
    ["in JSON", JSON.stringify({ a: [TOKEN] })],
    ["in base64", btoa(`${TOKEN}; and more`)],
    ["in a URL", `/?x=${encodeURIComponent(KEY)}&y`],
  ])("finds a secret in a log line %s, without repeating it", async (_, text) => {
    console.info("line", { text });
    await lookThrough();
    const leaks = takeLeaks();
    expect(leaks).toHaveLength(1);
    expect(leaks[0]).toMatch(/in a log line$/);
    expect(leaks[0]).not.toContain(TOKEN);
  });

  it("finds one in the cause of an error, and one that was logged before it was known", async () => {
    console.error(new Error("outer", { cause: new Error(`with ${TOKEN}`) }));
    expect((await lookThrough(), takeLeaks())).toHaveLength(1);
    register.logs.length = 0;
    const log: string[] = [];
    const [, tokens] = await connect(new Browser(), TOKEN);
    log.push(tokens.refresh_token);
    console.info(log.join());
    await lookThrough();
    expect(takeLeaks()).toEqual([expect.stringMatching(/^bearer .* in a log line$/)]);
  });

  it("finds one in headers, bodies and streams, and knows who may see what", async () => {
    const [, { access_token }] = await connect(new Browser(), TOKEN);
    expect(await leaksOf(answer(`<p>${TOKEN}</p>`), "GET /account")).toHaveLength(1);
    expect(await leaksOf(answer("", "text/html", { "X-Debug": TOKEN }), "GET /")).toHaveLength(1);
    expect(await leaksOf(answer(access_token, "application/json"), "POST /mcp")).toHaveLength(1);
    expect(await leaksOf(answer(access_token, "application/json"), "POST /token")).toEqual([]);
    const parts = [`data: ${TOKEN.slice(0, 9)}`, `${TOKEN.slice(9)}\n\n`];
    const stream = new ReadableStream({
      pull(controller) {
        const part = parts.shift();
        if (part === undefined) controller.close();
        else controller.enqueue(new TextEncoder().encode(part));
      },
    });
    const events = new Response(stream, { headers: { "Content-Type": "text/event-stream" } });
    expect(await leaksOf(events, "GET /mcp")).toHaveLength(1);
  });

  it("finds one in a database, in R2 and in KV", async () => {
    const user = await newUser();
    const write = (token: string): Promise<void> =>
      runInDurableObject(user.object, (_, { storage }) => {
        storage.sql.exec("UPDATE account SET username = ?", token);
      });
    await write(TOKEN);
    await env.AUDIT_LOGS.put("audit/x", JSON.stringify({ token: TOKEN }));
    await env.USER_MAPPINGS.put("user:x", TOKEN);
    await lookThrough();
    expect(takeLeaks().toSorted()).toEqual([
      expect.stringMatching(/in KV USER_MAPPINGS$/),
      expect.stringMatching(/in an object of R2$/),
      expect.stringMatching(/in the table account/),
    ]);
    await write("Alice");
    await env.AUDIT_LOGS.delete("audit/x");
    await env.USER_MAPPINGS.delete("user:x");
    await lookThrough();
    expect(takeLeaks()).toEqual([]);
  });

  it("finds the text of an argument in the record, and only there", async () => {
    const user = await newUser();
    const query = "a sentence nobody wrote";
    await user.call("clickup_task_search", { query });
    await lookThrough();
    expect(takeLeaks()).toEqual([]);
    const note = (text: string): Promise<void> =>
      runInDurableObject(user.object, (_, { storage }) => {
        storage.sql.exec("UPDATE journal SET finished = ?", text);
      });
    await note(query);
    await lookThrough();
    expect(takeLeaks()).toEqual([expect.stringMatching(/^content .* in the table journal/)]);
    await note("{}");
  });
});
