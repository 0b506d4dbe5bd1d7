/** The sandboxes of ClickUp and Stripe over HTTP, with their state kept in files over restarts. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { serve } from "@hono/node-server";
import { createClickUpSandbox } from "../test/sandbox/clickup/index.ts";
import { createStripeSandbox, STRIPE_SANDBOX } from "../test/sandbox/stripe/index.ts";

/** What a sandbox offers to be served: it answers requests, and its state can be kept. */
interface Sandbox {
  fetch(request: Request): Promise<Response>;
  snapshot(): unknown;
  restore(state: unknown): void;
}

export interface SandboxServer {
  url: string;
  /** Saves the state and stops listening. */
  stop(): Promise<void>;
}

/** @param stateFile where the sandbox's data is kept, so that a second start finds what the first one made */
export async function startClickUpSandbox(port: number, stateFile: string): Promise<SandboxServer> {
  const url = `http://localhost:${port}`;
  return keepAndServe(createClickUpSandbox({ authorizeOrigin: url }), url, port, stateFile);
}

/** Variables that point the Worker at the Stripe sandbox. */
export function stripeVars(url: string): Record<string, string> {
  return {
    STRIPE_API_URL: url,
    STRIPE_SECRET_KEY: STRIPE_SANDBOX.secretKey,
    STRIPE_WEBHOOK_SECRET: STRIPE_SANDBOX.webhookSecret,
    STRIPE_PRICE_ID: STRIPE_SANDBOX.priceMonthlyId,
  };
}

/**
 * @param webhookUrl where the Worker takes webhooks: they are sent by themselves, as Stripe does; undefined: nobody
 *   listens
 * @param seed `empty`: a new account, without products
 */
export async function startStripeSandbox(
  port: number,
  stateFile: string,
  webhookUrl: string | undefined,
  seed: "full" | "empty" = "full",
): Promise<SandboxServer> {
  const url = `http://localhost:${port}`;
  const sandbox = createStripeSandbox({
    ...(webhookUrl === undefined ? {} : { webhookUrl }),
    send: (request) => fetch(request),
    autoDeliver: true,
    pageOrigin: url,
    seed,
  });
  return keepAndServe(sandbox, url, port, stateFile);
}

async function keepAndServe(
  sandbox: Sandbox,
  url: string,
  port: number,
  stateFile: string,
): Promise<SandboxServer> {
  if (existsSync(stateFile)) sandbox.restore(JSON.parse(readFileSync(stateFile, "utf8")));
  let saved = "";
  const save = (): void => {
    const state = JSON.stringify(sandbox.snapshot());
    if (state === saved) return;
    mkdirSync(dirname(stateFile), { recursive: true });
    // Written aside and renamed: a kill between the two leaves the old state whole.
    writeFileSync(`${stateFile}.new`, state);
    renameSync(`${stateFile}.new`, stateFile);
    saved = state;
  };
  const server = serve({ fetch: (request) => sandbox.fetch(request), port, hostname: "localhost" });
  await new Promise<void>((resolve, reject) => {
    server.once("listening", () => resolve());
    server.once("error", reject);
  });
  const timer = setInterval(save, 5_000);
  return {
    url,
    async stop() {
      clearInterval(timer);
      save();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        if ("closeAllConnections" in server) server.closeAllConnections();
      });
    },
  };
}
