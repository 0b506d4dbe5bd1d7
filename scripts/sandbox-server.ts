/** The ClickUp sandbox over HTTP, with its state kept in a file over restarts. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { serve } from "@hono/node-server";
import { createClickUpSandbox, type ClickUpSandbox } from "../test/sandbox/clickup/index.ts";

export interface SandboxServer {
  url: string;
  sandbox: ClickUpSandbox;
  /** Saves the state and stops listening. */
  stop(): Promise<void>;
}

/** @param stateFile where the sandbox's workspace is kept, so that a second start finds what the first one made */
export async function startClickUpSandbox(port: number, stateFile: string): Promise<SandboxServer> {
  const url = `http://localhost:${port}`;
  const sandbox = createClickUpSandbox({ authorizeOrigin: url });
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
    sandbox,
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
