/** One workerd process with the product and its peers, each on a socket of its own. */
import type { Bundle } from "../workerd/bundle.ts";
import type { WorkerService } from "../workerd/config.ts";
import { productService, setupService } from "../workerd/product.ts";
import { Workerd, type Origins } from "../workerd/serve.ts";

const AROUND = { kv: "stores", r2: "stores", clickup: "clickup" };
/** No client reaches the limit; the limiter does all its work. */
const VARS = { DEFAULT_TIER: "premium", PREMIUM_REQUESTS_PER_MINUTE: "100000" };

type Bundles = Readonly<Record<string, Bundle>>;

const NAMES = [
  "bare",
  "echo",
  "floor",
  "oauth-echo",
  "mcp-agent",
  "sdk-per-request",
  "dispatch",
  "product",
  "measured",
  "inside",
  "setup",
  "setup-inside",
  "setup-measured",
  "stores",
  "clickup",
] as const;

function services(bundles: Bundles, origins: Origins): Record<(typeof NAMES)[number], WorkerService> {
  const bundle = (name: string): Bundle => {
    const found = bundles[name];
    if (found === undefined) throw new Error(`no bundle for ${name}`);
    return found;
  };
  const origin = (name: string): string => origins[name] ?? "";
  const echo = { name: "ECHO", objects: "EchoObject" };
  return {
    bare: { bundle: bundle("bare") },
    echo: { bundle: bundle("echo"), objects: ["EchoObject"], bindings: [echo] },
    floor: {
      bundle: bundle("floor"),
      objects: ["FloorObject"],
      bindings: [
        { name: "FLOOR", objects: "FloorObject" },
        { name: "AUDIT_LOGS", r2: "stores" },
      ],
      outbound: "clickup",
    },
    "oauth-echo": {
      bundle: bundle("oauth-echo"),
      objects: ["EchoObject"],
      bindings: [echo, { name: "OAUTH_KV", kv: "stores" }, { name: "ORIGIN", text: origin("oauth-echo") }],
    },
    "mcp-agent": {
      bundle: bundle("mcp-agent"),
      objects: ["BenchAgent"],
      bindings: [{ name: "AGENT", objects: "BenchAgent" }],
    },
    "sdk-per-request": { bundle: bundle("sdk-per-request") },
    dispatch: { bundle: bundle("dispatch") },
    product: productService(bundle("product"), origin("product"), AROUND, VARS),
    measured: productService(bundle("measured"), origin("measured"), AROUND, VARS),
    inside: productService(bundle("inside"), origin("inside"), AROUND, VARS),
    setup: setupService(bundle("setup"), "product", origin("product"), "stores"),
    "setup-inside": setupService(bundle("setup"), "inside", origin("inside"), "stores"),
    "setup-measured": setupService(bundle("setup"), "measured", origin("measured"), "stores"),
    stores: { bundle: bundle("stores") },
    clickup: { bundle: bundle("clickup") },
  };
}

export interface Running {
  pid: number;
  /** Origin of a service, e.g. "http://127.0.0.1:41234". */
  origins: Origins;
  stop(): Promise<void>;
}

/** @param stateDir folder of the objects' databases: what it lies on is what is measured */
export async function startWorkerd(
  bundles: Bundles,
  workDir: string,
  stateDir: string,
  extraArguments: readonly string[] = [],
): Promise<Running> {
  const workerd = await Workerd.prepare({
    sockets: NAMES,
    layout: (origins) => ({ services: services(bundles, origins) }),
    workDir,
    stateDir,
    arguments: extraArguments,
  });
  await workerd.start();
  return { pid: workerd.pid, origins: workerd.origins, stop: () => workerd.kill() };
}
