/** The server under test and everything it reaches: R2, KV and ClickUp live in this process and outlive its kills. */
import { join } from "node:path";
import { createClickUpSandbox, type ClickUpSandbox } from "../../sandbox/clickup/index.ts";
import { buildProduct, buildWorker, ROOT } from "../workerd/bundle.ts";
import { KvNamespace } from "../workerd/kv.ts";
import { serveOutside, type Outside } from "../workerd/outside.ts";
import { productService, setupService } from "../workerd/product.ts";
import { R2Bucket, type PutTrouble } from "../workerd/r2.ts";
import type { Random } from "../workerd/random.ts";
import { Workerd } from "../workerd/serve.ts";
import { Killer } from "./killer.ts";

export interface World {
  workerd: Workerd;
  killer: Killer;
  r2: R2Bucket;
  clickup: ClickUpSandbox;
  /** From now on R2 does what it is asked. */
  calm(): void;
  stop(): Promise<void>;
}

export interface WorldOptions {
  /** Requests a minute. */
  limit: number;
  workDir: string;
  random: Random;
  /** Whether R2 fails now and then for a key. */
  troubled(key: string): boolean;
}

/** Of the puts of troubled keys, these shares fail before or after they took effect. */
const TROUBLE = { refused: 0.25, lost: 0.25 };
/** R2 and ClickUp take up to this long, so that kills find them at work, ms. */
const SLOW_MS = 25;

/** Builds and prepares everything; the server does not run yet. */
export async function makeWorld(options: WorldOptions): Promise<World> {
  const { workDir, random } = options;
  const stop: Outside[] = [];
  const serve = async (handler: (request: Request) => Promise<Response>): Promise<{ address: string }> => {
    const outside = await serveOutside(handler);
    stop.push(outside);
    return { address: outside.address };
  };
  const state = { calm: false };
  const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, random.next() * SLOW_MS));
  const clickup = createClickUpSandbox({ rateLimitPerMinute: 1_000_000 });
  const kv = new KvNamespace();
  const trouble = (share: number, key: string): "fail" | "go on" =>
    !state.calm && options.troubled(key) && random.chance(share) ? "fail" : "go on";
  const puts: PutTrouble = {
    async before(key) {
      await pause();
      await killer.pass("before R2");
      return trouble(TROUBLE.refused, key);
    },
    async after(key) {
      await killer.pass("after R2");
      return trouble(TROUBLE.lost, key);
    },
  };
  const r2 = new R2Bucket(puts);
  const [product, setup] = await Promise.all([
    buildProduct(join(workDir, "product")),
    buildWorker(join(ROOT, "test/lab/bench/workers/setup.ts"), join(workDir, "setup.js")),
  ]);
  const services = {
    kv: await serve((request) => kv.fetch(request)),
    r2: await serve((request) => r2.fetch(request)),
    clickup: await serve(async (request) => {
      await pause();
      const writes = request.method !== "GET";
      if (writes) await killer.pass("before ClickUp");
      const answer = await clickup.fetch(request);
      if (writes) await killer.pass("after ClickUp");
      return answer;
    }),
  };
  const around = { kv: "kv", r2: "r2", clickup: "clickup" };
  const workerd = await Workerd.prepare({
    sockets: ["product", "setup", "admin"],
    layout: ({ product: origin = "" }) => ({
      services: {
        ...services,
        product: productService(product, origin, around, {
          DEFAULT_TIER: "premium",
          PREMIUM_REQUESTS_PER_MINUTE: String(options.limit),
        }),
        setup: setupService(setup, "product", origin, "kv"),
      },
      behind: { admin: { service: "product", entrypoint: "Admin" } },
    }),
    workDir,
    stateDir: join(workDir, "state"),
    output: "keep",
  });
  const killer = new Killer(workerd, random.fork());
  return {
    workerd,
    killer,
    r2,
    clickup,
    calm: () => {
      state.calm = true;
    },
    async stop() {
      await workerd.kill();
      await Promise.all(stop.map((outside) => outside.stop()));
    },
  };
}
