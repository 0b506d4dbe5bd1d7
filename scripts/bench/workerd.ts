/** One workerd process with the product and its peers, each on a socket of its own. No proxy in front. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { join, relative } from "node:path";
import { COMPATIBILITY_DATE, type Bundle } from "./build.ts";

/** The program itself: the package's launcher is a script whose child outlives it when it is killed. */
const { default: WORKERD } = createRequire(import.meta.url)("workerd") as { default: string };
export const JWT_SECRET = "bench-jwt-secret-of-at-least-32-bytes!";

interface Service {
  /** Class and its namespace's own name. */
  objects?: string[];
  /** Binding name to what it is bound to. */
  bindings?: (origins: Record<string, string>) => Binding[];
  outbound?: string;
}

type Binding =
  | { name: string; text: string }
  | { name: string; objects: string; of?: string }
  | { name: string; kv: string }
  | { name: string; r2: string };

const productBindings =
  (self: string) =>
  (origins: Record<string, string>): Binding[] => [
    { name: "ENVIRONMENT", text: "development" },
    { name: "PUBLIC_URL", text: origins[self] ?? "" },
    { name: "CLICKUP_API_URL", text: "https://api.clickup.test/api" },
    { name: "ENCRYPTION_KEY", text: Buffer.alloc(32, 7).toString("base64") },
    { name: "JWT_SECRET", text: JWT_SECRET },
    { name: "DEFAULT_TIER", text: "premium" },
    // No client reaches this; the limiter does all its work.
    { name: "PREMIUM_REQUESTS_PER_MINUTE", text: "100000" },
    { name: "USER", objects: "UserObject" },
    { name: "OAUTH_KV", kv: "stores" },
    { name: "USER_MAPPINGS", kv: "stores" },
    { name: "AUDIT_LOGS", r2: "stores" },
  ];

const setupBindings =
  (of: string) =>
  (origins: Record<string, string>): Binding[] => [
    { name: "USER", objects: "UserObject", of },
    { name: "OAUTH_KV", kv: "stores" },
    { name: "ORIGIN", text: origins[of] ?? "" },
  ];

const SERVICES: Record<string, Service> = {
  bare: {},
  echo: { objects: ["EchoObject"], bindings: () => [{ name: "ECHO", objects: "EchoObject" }] },
  floor: {
    objects: ["FloorObject"],
    bindings: () => [{ name: "FLOOR", objects: "FloorObject" }],
    outbound: "clickup",
  },
  "oauth-echo": {
    objects: ["EchoObject"],
    bindings: (origins) => [
      { name: "ECHO", objects: "EchoObject" },
      { name: "OAUTH_KV", kv: "stores" },
      { name: "ORIGIN", text: origins["oauth-echo"] ?? "" },
    ],
  },
  "mcp-agent": { objects: ["BenchAgent"], bindings: () => [{ name: "AGENT", objects: "BenchAgent" }] },
  "sdk-per-request": {},
  dispatch: {},
  product: { objects: ["UserObject"], bindings: productBindings("product"), outbound: "clickup" },
  measured: { objects: ["UserObject"], bindings: productBindings("measured"), outbound: "clickup" },
  inside: { objects: ["UserObject"], bindings: productBindings("inside") },
  setup: { bindings: setupBindings("product") },
  "setup-inside": { bindings: setupBindings("inside") },
  "setup-measured": { bindings: setupBindings("measured") },
  stores: {},
  clickup: {},
};

export interface Running {
  pid: number;
  /** Origin of a service, e.g. "http://127.0.0.1:41234". */
  origins: Record<string, string>;
  stop(): Promise<void>;
}

/** @param stateDir folder of the objects' databases: what it lies on is what is measured */
export async function startWorkerd(
  bundles: Record<string, Bundle>,
  workDir: string,
  stateDir: string,
  extraArguments: readonly string[] = [],
): Promise<Running> {
  mkdirSync(stateDir, { recursive: true });
  const names = Object.keys(SERVICES);
  const ports = await freePorts(names.length);
  const origins = Object.fromEntries(names.map((name, i) => [name, `http://127.0.0.1:${ports[i]}`]));
  const config = join(workDir, "workerd.capnp");
  writeFileSync(config, configText(bundles, origins, workDir, stateDir));
  const workerd = spawn(WORKERD, ["serve", "--experimental", ...extraArguments, config], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  const { pid } = workerd;
  if (pid === undefined) throw new Error("workerd did not start");
  const ended = new Promise<void>((resolve) => workerd.once("exit", () => resolve()));
  try {
    await ready(workerd, origins["bare"] ?? "");
  } catch (error) {
    workerd.kill("SIGKILL");
    throw error;
  }
  return {
    pid,
    origins,
    async stop() {
      workerd.kill("SIGKILL");
      await ended;
    },
  };
}

function configText(
  bundles: Record<string, Bundle>,
  origins: Record<string, string>,
  workDir: string,
  stateDir: string,
): string {
  // Files are embedded by their path from the configuration's own folder.
  const path = (file: string): string => capnp(relative(workDir, file));
  const services = Object.entries(SERVICES).map(([name, service]) => {
    const bundle = bundles[name.replace(/^setup-.*/, "setup")];
    if (bundle === undefined) throw new Error(`no bundle for ${name}`);
    const modules = [
      `(name = "worker", esModule = embed ${path(bundle.entry)})`,
      ...bundle.texts.map((t) => `(name = ${capnp(t.name)}, text = embed ${path(t.file)})`),
    ];
    const bindings = (service.bindings?.(origins) ?? []).map(bindingText);
    const objects = (service.objects ?? []).map(
      (className) => `(className = "${className}", uniqueKey = "${name}-${className}", enableSql = true)`,
    );
    return `(name = "${name}", worker = (
      modules = [${modules.join(", ")}],
      compatibilityDate = "${COMPATIBILITY_DATE}", compatibilityFlags = ["global_fetch_strictly_public"],
      bindings = [${bindings.join(", ")}],
      ${objects.length > 0 ? `durableObjectNamespaces = [${objects.join(", ")}], durableObjectStorage = (localDisk = "state"),` : ""}
      globalOutbound = "${service.outbound ?? "nowhere"}"))`;
  });
  const sockets = Object.entries(origins).map(
    ([name, origin]) =>
      `(name = "${name}", address = "${new URL(origin).host}", http = (), service = "${name}")`,
  );
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    ${services.join(",\n    ")},
    (name = "nowhere", network = (allow = [])),
    (name = "state", disk = (path = ${capnp(stateDir)}, writable = true))
  ],
  sockets = [
    ${sockets.join(",\n    ")}
  ],
  # The agents package imports the module for e-mail, whose inner half is not part of workerd.
  extensions = [(modules = [(name = "cloudflare-internal:email", internal = true, esModule = ${capnp(EMAIL)})])]
);
`;
}

function bindingText(binding: Binding): string {
  const name = `name = "${binding.name}"`;
  if ("text" in binding) return `(${name}, text = ${capnp(binding.text)})`;
  if ("kv" in binding) return `(${name}, kvNamespace = "${binding.kv}")`;
  if ("r2" in binding) return `(${name}, r2Bucket = "${binding.r2}")`;
  if (binding.of === undefined) return `(${name}, durableObjectNamespace = "${binding.objects}")`;
  return `(${name}, durableObjectNamespace = (className = "${binding.objects}", serviceName = "${binding.of}"))`;
}

const EMAIL = "export class EmailMessage {} export default { EmailMessage };";
const capnp = (text: string): string => JSON.stringify(text);

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((resolve) => {
        server.listen(0, "127.0.0.1", resolve);
      });
      return server;
    }),
  );
  const ports = servers.map((s) => (s.address() as { port: number }).port);
  await Promise.all(servers.map((s) => new Promise((resolve) => s.close(resolve))));
  return ports;
}

async function ready(workerd: ChildProcess, origin: string): Promise<void> {
  for (let i = 0; i < 150 && workerd.exitCode === null; i++) {
    try {
      await fetch(origin, { method: "POST", body: '{"id":1}' });
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  throw new Error("workerd does not answer; its output is above");
}
