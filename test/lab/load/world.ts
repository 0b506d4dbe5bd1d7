/** The server under load. ClickUp and KV run beside it in workerd; R2 is in this process, where it is read at once. */
import { join } from "node:path";
import { buildProduct, buildWorker, ROOT } from "../workerd/bundle.ts";
import { serveOutside } from "../workerd/outside.ts";
import { productService, setupService } from "../workerd/product.ts";
import { Workerd } from "../workerd/serve.ts";
import { NEIGHBOURS } from "./memory.ts";
import type { RecordKeeper } from "./record.ts";

/** Cloudflare ends an isolate at 128 MB, so V8 gets no more for its heap here either. */
const HEAP_MB = 128;

export interface World {
  workerd: Workerd;
  stop(): Promise<void>;
}

/** Builds, prepares and starts everything. @param limit requests a minute */
export async function startWorld(workDir: string, limit: number, record: RecordKeeper): Promise<World> {
  const test = (name: string) =>
    buildWorker(join(ROOT, `test/lab/bench/workers/${name}.ts`), join(workDir, `${name}.js`));
  const [product, setup, clickup, stores] = await Promise.all([
    buildProduct(join(workDir, "product")),
    test("setup"),
    test("clickup"),
    test("stores"),
  ]);
  const r2 = await serveOutside((request) => record.bucket.fetch(request));
  const workerd = await Workerd.prepare({
    sockets: ["product", "setup", "admin", ...NEIGHBOURS],
    layout: ({ product: origin = "" }) => ({
      services: {
        product: productService(
          product,
          origin,
          { kv: "stores", r2: "r2", clickup: "clickup" },
          { FREE_REQUESTS_PER_MINUTE: String(limit) },
        ),
        setup: setupService(setup, "product", origin, "stores"),
        clickup: { bundle: clickup },
        stores: { bundle: stores },
        r2: { address: r2.address },
      },
      behind: { admin: { service: "product", entrypoint: "Admin" } },
      v8Flags: [`--max-old-space-size=${HEAP_MB}`],
    }),
    workDir,
    stateDir: join(workDir, "state"),
    output: "inherit",
    inspected: true,
  });
  await workerd.start();
  return {
    workerd,
    async stop() {
      await workerd.kill();
      await r2.stop();
    },
  };
}
