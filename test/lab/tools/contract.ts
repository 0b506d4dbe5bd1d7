/**
 * `npm run contract`: every tool is called once against the sandbox, and every request it sends is given to Prism, a
 * validating mock of ClickUp's published API description. Prints the operations used and the violations per tool.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { TOOLS } from "../../../tools/catalog.ts";
import { BEFORE, SAMPLES } from "../../tools/samples.ts";
import { freePort } from "../../../scripts/ports.ts";
import { openToolWorld } from "./world.ts";

const ROOT = join(import.meta.dirname, "../../..");
const FOLDER = process.env["CLICKUP_OPENAPI"] ?? join(ROOT, "..", "shared", "clickup-openapi");
const DESCRIPTIONS = { v2: "clickup-v2.corrected.json", v3: "clickup-v3.json" };

interface Sent {
  method: string;
  /** With version, without /api. */
  path: string;
  headers: Headers;
  body: ArrayBuffer | undefined;
}

const network = globalThis.fetch;

async function startPrism(file: string): Promise<{ url: string; process: ChildProcess }> {
  const port = await freePort(4010);
  const prism = fileURLToPath(import.meta.resolve("@stoplight/prism-cli"));
  const child = spawn(process.execPath, [prism, "mock", "--port", String(port), join(FOLDER, file)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await new Promise<void>((resolve, reject) => {
    child.stdout?.on("data", (text: Buffer) => {
      if (text.toString().includes("Prism is listening")) resolve();
    });
    child.once("exit", (code) => reject(new Error(`Prism ended (${code ?? "killed"})`)));
  });
  return { url: `http://127.0.0.1:${port}`, process: child };
}

/** What Prism has against a request; empty when it fits the description. */
async function violations(base: string, sent: Sent): Promise<string[]> {
  const { method, headers, body, path } = sent;
  const response = await network(`${base}${path}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body }),
  });
  const text = await response.text();
  // Prism answers 422 to a request that breaks the description, 404 and 405 to one that is not in it.
  if (response.status !== 422 && response.status !== 404 && response.status !== 405) return [];
  if (!text.includes("stoplight.io/prism/errors")) return [];
  const { title, validation } = JSON.parse(text) as {
    title: string;
    validation?: { location: string[]; message: string }[];
  };
  const where = validation?.map((v) => `${v.location.join(".")} ${v.message}`) ?? [title];
  return where.map((v) => `${method} ${path.split("?")[0] ?? path}: ${v}`);
}

/** ClickUp's known differences from its description (see test/contract/exceptions.ts), as Prism words them. */
const KNOWN: readonly { pattern: RegExp; reason: string }[] = [
  {
    pattern: /^(PUT \/v2\/space\/\d+|POST \/v2\/team\/\d+\/space): .*must have required property/,
    reason: "ClickUp takes a partial space and partial features",
  },
  {
    pattern: /^DELETE \/v2\/task\/\w+\/dependency: query .*required property '(depends_on|dependency_of)'/,
    reason: "both are marked required, one of them is the point of the call",
  },
  {
    pattern: /^POST \/v2\/task\/\w+\/comment: .*required property 'comment_text'/,
    reason: "`comment` blocks replace comment_text",
  },
];

async function main(): Promise<number> {
  if (!existsSync(join(FOLDER, DESCRIPTIONS.v2))) {
    console.log(`skipped: ClickUp's API description is not at ${FOLDER} (set CLICKUP_OPENAPI)`);
    return 0;
  }
  const [v2, v3] = await Promise.all([startPrism(DESCRIPTIONS.v2), startPrism(DESCRIPTIONS.v3)]);
  let broken = 0;
  let requests = 0;
  try {
    for (const tool of TOOLS) {
      const world = openToolWorld();
      const sent: Sent[] = [];
      for (const [name, args] of BEFORE[tool.name] ?? []) await world.call(name, args);
      world.sandbox.clearCalls();
      const answering = globalThis.fetch;
      globalThis.fetch = async (input, init) => {
        const request = new Request(input, init);
        const url = new URL(request.url);
        const body = request.method === "GET" ? undefined : await request.clone().arrayBuffer();
        const path = url.pathname.replace(/^\/api/, "") + url.search;
        sent.push({ method: request.method, path, headers: new Headers(request.headers), body });
        return answering(request);
      };
      await world.call(tool.name, SAMPLES[tool.name] ?? {});
      const found: string[] = [];
      for (const one of sent) {
        const base = one.path.startsWith("/v3/") ? v3.url : v2.url;
        const path = one.path.startsWith("/v3/") ? `/api${one.path}` : one.path;
        found.push(
          ...(await violations(base, { ...one, path })).filter((v) => !KNOWN.some((k) => k.pattern.test(v))),
        );
      }
      requests += sent.length;
      broken += found.length;
      const operations = [...new Set(world.sandbox.calls.map((c) => c.operation))];
      console.log(
        `${tool.name.padEnd(44)} ${found.length} violations  ${operations.join(", ") || "no request"}`,
      );
      for (const violation of found) console.log(`    ${violation}`);
    }
  } finally {
    v2.process.kill();
    v3.process.kill();
  }
  console.log("\nExcused, where ClickUp is known to differ from its description:");
  for (const { reason } of KNOWN) console.log(`  ${reason}`);
  console.log(`\n${TOOLS.length} tools, ${requests} requests, ${broken} violations`);
  return broken === 0 ? 0 : 1;
}

process.exit(await main());
