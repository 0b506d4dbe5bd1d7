/**
 * `npm run demo`: the main job end to end, as a real MCP client does it (the official SDK), against the
 * whole stack on this machine with fresh data. A line a step; exits non-zero at the first that fails.
 */
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  Client as ModernClient,
  StreamableHTTPClientTransport as ModernTransport,
} from "@modelcontextprotocol/client";
import { UnauthorizedError } from "@modelcontextprotocol/sdk/client/auth.js";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { SANDBOX } from "../test/sandbox/clickup/facts.ts";
import { demoBilling } from "./demo-billing.ts";
import { check, must } from "./demo-steps.ts";
import { FormBrowser } from "./form-browser.ts";
import { listObjects, readObject } from "./local-r2.ts";
import { MemoryOAuthProvider } from "./oauth-client.ts";
import { freePort } from "./ports.ts";
import { scanForSecrets } from "./secret-scan.ts";
import { startStack, type Stack } from "./stack.ts";

const BUCKET = "clickup-mcp-audit-dev";
const REDIRECT = "http://127.0.0.1:53682/callback";
/** The last events leave a minute after they happened; the rest is slack for a slow machine. */
const AUDIT_WAIT_MS = 100_000;

interface ToolResult {
  structuredContent?: Record<string, unknown>;
  isError?: boolean;
  content: { type: string; text?: string }[];
}

async function call(
  client: Client,
  name: string,
  args: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  const result = (await client.callTool({ name, arguments: args })) as ToolResult;
  must(result.isError !== true, result.content[0]?.text ?? "the tool failed");
  must(result.structuredContent !== undefined, "no structured content");
  return result.structuredContent;
}

async function demo(stack: Stack, log: readonly string[]): Promise<void> {
  const mcp = new URL(`${stack.url}/mcp`);
  const metadataUrl = await check("a request without a token", async () => {
    const response = await fetch(mcp, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list" }),
    });
    const challenge = response.headers.get("www-authenticate") ?? "";
    const url = /resource_metadata="([^"]+)"/.exec(challenge)?.[1];
    must(response.status === 401 && url !== undefined, `${response.status} ${challenge}`);
    return [`401, metadata at ${new URL(url).pathname}`, url];
  });
  await check("discovery", async () => {
    const resource = (await (await fetch(metadataUrl)).json()) as { authorization_servers: string[] };
    const issuer = resource.authorization_servers[0] ?? "";
    const server = (await (await fetch(`${issuer}/.well-known/oauth-authorization-server`)).json()) as {
      code_challenge_methods_supported: string[];
      registration_endpoint: string;
    };
    must(server.code_challenge_methods_supported.join() === "S256", "PKCE S256 only");
    return [`authorization server ${issuer}, PKCE S256`, undefined];
  });

  const provider = new MemoryOAuthProvider("Demo client", REDIRECT);
  const first = new StreamableHTTPClientTransport(mcp, { authProvider: provider });
  const authorizationUrl = await check("registration", async () => {
    const refused = await new Client({ name: "demo", version: "1.0.0" }).connect(first).then(
      () => undefined,
      (error: unknown) => error,
    );
    must(refused instanceof UnauthorizedError, "connecting without a token must ask for authorization");
    must(provider.authorizationUrl !== undefined, "the SDK was not sent to the authorization page");
    return [`client ${provider.registered?.client_id ?? ""}`, provider.authorizationUrl];
  });
  const browser = new FormBrowser((url) => url.href.startsWith(REDIRECT));
  const code = await check("sign-in", async () => {
    const consent = await browser.open(authorizationUrl.href);
    must(
      consent.status === 200 && consent.html.includes("Demo client"),
      "the consent page must name the client",
    );
    const atClickUp = await browser.submit(consent, { access: "write" }, "clickup");
    must(
      atClickUp.url.startsWith(stack.sandbox?.url ?? "-"),
      `expected ClickUp's page, got ${atClickUp.url}`,
    );
    let page = await browser.submit(atClickUp, {}, "Connect");
    // Somebody in several Workspaces is asked which of them the client may use.
    if (!page.url.startsWith(REDIRECT)) page = await browser.submit(page, {}, "connect");
    const back = new URL(page.url);
    const granted = back.searchParams.get("code");
    must(granted !== null, `no code came back: ${back.searchParams.get("error") ?? back.pathname}`);
    return ["consent given, ClickUp connected, code received", granted];
  });
  await check("token", async () => {
    await first.finishAuth(code);
    must(provider.saved !== undefined, "no token");
    return [
      `${provider.saved.token_type}, ${provider.saved.expires_in ?? 0} s, scope ${provider.saved.scope ?? ""}`,
      undefined,
    ];
  });

  const client = new Client({ name: "demo", version: "1.0.0" });
  await check("initialize", async () => {
    await client.connect(new StreamableHTTPClientTransport(mcp, { authProvider: provider }));
    const server = client.getServerVersion();
    return [`${server?.name ?? ""} ${server?.version ?? ""}`, undefined];
  });
  await check("tools/list", async () => {
    const { tools } = await client.listTools();
    must(tools.length === 7, `expected 7 tools, got ${tools.length}`);
    return [`7 tools: ${tools.map((t) => t.name.replace("clickup_", "")).join(", ")}`, undefined];
  });
  const list = await check("read the hierarchy", async () => {
    const tree = await call(client, "clickup_workspace_hierarchy", { workspace: "Northwind Labs" });
    const text = JSON.stringify(tree);
    const id = /"lists":\[\{"id":"(\d+)"/.exec(text)?.[1];
    must(id !== undefined, `no list found in ${text.slice(0, 200)}`);
    return [`${(text.match(/"id":/g) ?? []).length} spaces, folders and lists`, id];
  });
  const task = await check("create a task", async () => {
    const made = await call(client, "clickup_task_create", {
      list,
      name: "Write the launch notes",
      markdown: "**Draft** by Friday",
      due: "next friday",
      priority: "high",
    });
    const id = /"id":"([^"]+)"/.exec(JSON.stringify(made["task"] ?? made))?.[1];
    must(id !== undefined, "no task id");
    return [`task ${id}`, id];
  });
  await check("update it", async () => {
    const changed = await call(client, "clickup_task_update", { task, name: "Publish the launch notes" });
    must(JSON.stringify(changed).includes("Publish the launch notes"), "the new name is not in the answer");
    return ["renamed", undefined];
  });
  await check("read it", async () => {
    const read = await call(client, "clickup_task_get", { task, include: ["description"] });
    must(JSON.stringify(read).includes("Publish the launch notes"), "the new name was not read back");
    return ["name, due date and priority as written", undefined];
  });
  await check("the same as a 2026-07-28 client", async () => {
    const modern = new ModernClient(
      { name: "demo", version: "1.0.0" },
      { versionNegotiation: { mode: { pin: "2026-07-28" } } },
    );
    const token = provider.saved?.access_token ?? "";
    await modern.connect(
      new ModernTransport(mcp, { requestInit: { headers: { Authorization: `Bearer ${token}` } } }),
    );
    const { tools } = await modern.listTools();
    const result = await modern.callTool({ name: "clickup_task_get", arguments: { task } });
    must(tools.length === 7 && result.isError !== true, "the stateless client was not served");
    await modern.close();
    return ["stateless: 7 tools, task read", undefined];
  });
  const userId = (provider.saved?.access_token ?? "").split(":")[0] ?? "";
  const journaled = await check("requests until the limit", async () => {
    let answered = 0;
    for (;;) {
      const response = await fetch(mcp, {
        method: "POST",
        headers: {
          Authorization: `Bearer ${provider.saved?.access_token ?? ""}`,
          "Content-Type": "application/json",
          "MCP-Protocol-Version": "2025-06-18",
        },
        body: JSON.stringify({ jsonrpc: "2.0", id: answered, method: "tools/list" }),
      });
      if (response.status === 429) {
        const body = (await response.json()) as { error: string; limit: number; retry_after: number };
        must(body.error === "Rate limit exceeded" && body.limit === 100, JSON.stringify(body));
        must(response.headers.get("retry-after") !== null, "Retry-After is missing");
        return [`request 101 answered 429, try again in ${body.retry_after} s`, answered];
      }
      must(response.status === 200, `status ${response.status}`);
      await response.arrayBuffer();
      answered++;
      must(answered <= 100, "more than 100 requests passed in a minute");
    }
  });
  await check("the record in R2", async () => {
    const deadline_ms = Date.now() + AUDIT_WAIT_MS;
    for (;;) {
      const keys = await listObjects(stack.url, BUCKET, `audit/${userId}/`);
      const bodies = await Promise.all(keys.map((key) => readObject(stack.url, BUCKET, key)));
      const events = verifyChain(bodies);
      const requests = events.filter((e) => e.counted);
      if (requests.length === 100) {
        must(
          events.every((e, i) => e.seq === i + 1),
          "the sequence has a gap",
        );
        must(
          requests.every((e) => e.outcome === "ok"),
          "an event has another outcome than ok",
        );
        must(!bodies.join("").includes("launch notes"), "content must not be in the record");
        const written = ["clickup_task_create", "clickup_task_update", "clickup_task_get"];
        for (const tool of written)
          must(
            events.some((e) => e.tool === tool),
            `${tool} is missing`,
          );
        must(events.filter((e) => e.method === "tools/list").length >= journaled, "a tools/list is missing");
        return [
          `${events.length} events in ${keys.length} objects, no gap, hash chain whole (${keys[0] ?? ""})`,
          undefined,
        ];
      }
      must(Date.now() < deadline_ms, `only ${requests.length} of 100 requests reached R2`);
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
  });
  await demoBilling(stack, browser, client);
  await client.close();
  await check("no secret in the log or on the disk", async () => {
    const { access_token = "", refresh_token = "" } = provider.saved ?? {};
    const secrets = [
      access_token,
      refresh_token,
      provider.codeVerifier(),
      code,
      ...Object.values(SANDBOX.tokens),
    ];
    const { found, files } = scanForSecrets(stack, log, secrets);
    must(files > 0 && log.length > 0, "nothing to look through");
    must(found.length === 0, `found in ${found.join(", ")}`);
    return [`${log.length} lines and ${files} files looked through`, undefined];
  });
}

interface AuditEvent {
  seq: number;
  counted: boolean;
  method: string;
  tool: string | null;
  outcome: string;
}

/** Every batch carries the SHA-256 of the one before it. */
function verifyChain(bodies: string[]): AuditEvent[] {
  const batches = bodies.map((body) => ({
    body,
    ...(JSON.parse(body) as { batch: number; previous_sha256: string; events: AuditEvent[] }),
  }));
  batches.sort((a, b) => a.batch - b.batch);
  let previous = "";
  for (const [i, batch] of batches.entries()) {
    must(
      batch.batch === i + 1 && batch.previous_sha256 === previous,
      `the hash chain breaks at batch ${batch.batch}`,
    );
    previous = createHash("sha256").update(batch.body).digest("hex");
  }
  return batches.flatMap((b) => b.events);
}

async function main(): Promise<number> {
  const dataDir = mkdtempSync(join(tmpdir(), "clickup-mcp-demo-"));
  console.log("Starting the stack with fresh data…");
  const log: string[] = [];
  let stack: Stack | undefined;
  try {
    stack = await startStack({
      port: await freePort(8797),
      dataDir,
      clickup: "sandbox",
      onLog: (line) => log.push(line),
    });
    await demo(stack, log);
    console.log("\nEvery step passed.");
    return 0;
  } catch (error) {
    if (stack === undefined) console.error(error instanceof Error ? error.message : String(error));
    console.error(log.slice(-15).join("\n"));
    return 1;
  } finally {
    await stack?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

process.exit(await main());
