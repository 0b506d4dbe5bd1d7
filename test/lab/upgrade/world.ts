/** A server whose bundle can be changed under its state, and what it reaches: R2, KV, ClickUp and Stripe, all here. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createClickUpSandbox, SANDBOX, type ClickUpSandbox } from "../../sandbox/clickup/index.ts";
import { createStripeSandbox } from "../../sandbox/stripe/index.ts";
import { stripeVars } from "../../../scripts/sandbox-server.ts";
import type { Bundle } from "../workerd/bundle.ts";
import { KvNamespace } from "../workerd/kv.ts";
import { serveOutside, type Outside } from "../workerd/outside.ts";
import { productService } from "../workerd/product.ts";
import { R2Bucket } from "../workerd/r2.ts";
import { Workerd, type WorkerdOptions } from "../workerd/serve.ts";

/** A build of the product. */
export interface Version {
  name: string;
  bundle: Bundle;
  /** It sells a plan. */
  sells: boolean;
  /** It keeps MCP sessions. */
  sessions: boolean;
  /** It has the operator's entrypoint. */
  hasAdmin: boolean;
}

export interface World {
  workerd: Workerd;
  origin: string;
  admin: string;
  r2: R2Bucket;
  clickup: ClickUpSandbox;
  /** Whether puts fail. */
  trouble: { r2: boolean };
  stateDir: string;
  /** Stops what runs, without a warning, and starts a version on the same state. */
  run(version: Version): Promise<void>;
  stop(): Promise<void>;
}

/** @param vars of the product, over the usual ones */
export async function makeWorld(
  workDir: string,
  first: Version,
  vars: Record<string, string>,
): Promise<World> {
  const outsides: Outside[] = [];
  const serve = async (handler: (request: Request) => Promise<Response>): Promise<string> => {
    const outside = await serveOutside(handler);
    outsides.push(outside);
    return outside.address;
  };
  const trouble = { r2: false };
  const r2 = new R2Bucket({ before: async () => (trouble.r2 ? "fail" : "go on") });
  const kv = new KvNamespace();
  // Pages are opened at the sandboxes' own addresses, which are known once they are served.
  const at = { product: "", clickup: "", stripe: "" };
  const clickup = createClickUpSandbox({ rateLimitPerMinute: 1_000_000 });
  at.clickup = await serve((request) => clickup.fetch(request));
  at.stripe = await serve((request) => stripe.fetch(request));
  const stripe = createStripeSandbox({
    webhookUrl: "http://product/stripe/webhook",
    send: (request) => fetch(new Request(`${at.product}/stripe/webhook`, request)),
    autoDeliver: true,
    pageOrigin: `http://${at.stripe}`,
  });
  const services = {
    kv: { address: await serve((request) => kv.fetch(request)) },
    r2: { address: await serve((request) => r2.fetch(request)) },
    internet: {
      address: await serve((request) =>
        new URL(request.url).host === at.stripe ? stripe.fetch(request) : clickup.fetch(request),
      ),
    },
  };
  const layout =
    ({ bundle, sells, hasAdmin }: Version): WorkerdOptions["layout"] =>
    ({ product: origin = "" }) => ({
      services: {
        ...services,
        product: productService(
          bundle,
          origin,
          { kv: "kv", r2: "r2", clickup: "internet" },
          {
            CLICKUP_AUTH_URL: `http://${at.clickup}/api`,
            CLICKUP_CLIENT_ID: SANDBOX.clientId,
            CLICKUP_CLIENT_SECRET: SANDBOX.clientSecret,
            // Before there was a plan to buy, everything was open.
            ...(sells ? stripeVars(`http://${at.stripe}`) : { DEFAULT_TIER: "premium" }),
            ...vars,
          },
        ),
      },
      behind: { admin: { service: "product", ...(hasAdmin ? { entrypoint: "Admin" } : {}) } },
    });
  const stateDir = join(workDir, "state");
  const workerd = await Workerd.prepare({
    sockets: ["product", "admin"],
    layout: layout(first),
    workDir,
    stateDir,
    output: "keep",
  });
  const { product: origin = "", admin = "" } = workerd.origins;
  at.product = origin;
  return {
    workerd,
    origin,
    admin,
    r2,
    clickup,
    trouble,
    stateDir,
    async run(version) {
      await workerd.kill();
      workerd.serveNext(layout(version));
      await workerd.start();
    },
    async stop() {
      await workerd.kill();
      await Promise.all(outsides.map((outside) => outside.stop()));
    },
  };
}

/** What a tree's build can do. */
export function abilitiesOf(tree: string): Pick<Version, "sells" | "sessions" | "hasAdmin"> {
  return {
    sells: existsSync(join(tree, "worker/billing/routes.ts")),
    sessions: readFileSync(join(tree, "migrations/index.ts"), "utf8").includes("sessions"),
    hasAdmin: existsSync(join(tree, "worker/admin.ts")),
  };
}
