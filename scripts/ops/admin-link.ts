/** The way to the Worker's Admin entrypoint, by a service binding of wrangler. */
import { join } from "node:path";
import { registryOf, ROOT, STATE_DIR } from "../running.ts";
import type { Environment } from "./environments.ts";
import { OperatorError } from "./operator-error.ts";

const RESTART_MS = 3_000;

/** `local`: the stack of `npm start` on this machine. */
export type Target = "local" | Environment;

export interface AdminLink {
  /** The server it reached, in words. */
  readonly server: string;
  /** @throws OperatorError with what the Worker says when it refuses */
  send(command: string, input: Record<string, unknown>): Promise<Response>;
  json(command: string, input: Record<string, unknown>): Promise<Record<string, unknown>>;
  close(): Promise<void>;
}

interface Service {
  fetch(url: string, init: { method: string; body: string }): Promise<Response>;
}

/**
 * @param dataDir state of the local server, where `npm start` was given another
 * @param checkout the folder the local server has to run from
 * @throws OperatorError where nothing answers, or the server of another checkout: nothing was done then
 */
export async function openAdmin(target: Target, dataDir = STATE_DIR, checkout = ROOT): Promise<AdminLink> {
  if (target === "local") process.env["WRANGLER_REGISTRY_PATH"] = registryOf(dataDir);
  // Loaded here: it is large, and most scripts that could ask do not.
  const { getPlatformProxy } = await import("wrangler");
  const proxy = await getPlatformProxy<{ ADMIN: Service }>({
    configPath: join(import.meta.dirname, "admin.wrangler.jsonc"),
    persist: false,
    ...(target === "local" ? {} : { environment: target }),
  }).catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    throw new OperatorError(
      `${target} cannot be reached: ${why}\nLog in with \`npx wrangler login\`, and deploy it first.`,
    );
  });
  const send = async (command: string, input: Record<string, unknown>): Promise<Response> => {
    const init = { method: "POST", body: JSON.stringify(input) };
    const ask = (): Promise<Response> => proxy.env.ADMIN.fetch(`http://admin/${command}`, init);
    // The local server restarts when a source file changes; every command can be repeated.
    const response = await ask().catch(async (error: unknown) => {
      const why = error instanceof Error ? error.message : String(error);
      if (target !== "local")
        throw new OperatorError(`The connection to ${target} was lost: ${why}. Try again.`);
      await new Promise((resolve) => setTimeout(resolve, RESTART_MS));
      return ask();
    });
    if (response.ok) return response;
    const text = await response.text();
    throw new OperatorError(messageIn(text) ?? unreachable(target, response.status, text));
  };
  const json: AdminLink["json"] = async (command, input) =>
    (await (await send(command, input)).json()) as Record<string, unknown>;
  try {
    return { server: await serverOf(target, checkout, json), send, json, close: () => proxy.dispose() };
  } catch (error) {
    await proxy.dispose();
    throw error;
  }
}

/** Asks who answers, before anything is asked of it. */
async function serverOf(target: Target, wanted: string, json: AdminLink["json"]): Promise<string> {
  const said = await json("server", {}).catch((error: unknown) => {
    // One from before this command: a deployment is named by its environment, a local one could be anybody's.
    const unknown = error instanceof OperatorError && error.message.startsWith("Commands: ");
    if (unknown) return {};
    throw error;
  });
  const {
    origin = "of an earlier version",
    version = "unknown",
    checkout,
  } = said as Record<string, string | null>;
  if (target === "local" && checkout !== wanted) {
    throw new OperatorError(
      `The server that answers, ${origin}, runs from ${checkout ?? "somewhere else"}, not from ${wanted}. Nothing was asked of it. Use the commands of that checkout, or start this one's: npm start`,
    );
  }
  return `${target === "local" ? "this machine" : target}: ${origin}, version ${version}`;
}

function messageIn(text: string): string | undefined {
  if (!text.startsWith("{")) return undefined;
  return (JSON.parse(text) as { message?: string }).message;
}

function unreachable(target: Target, status: number, text: string): string {
  return target === "local"
    ? "No server of this checkout runs on this machine. Start it with: npm start (or name a deployment: --env staging; or the folder that npm start was given: --data FOLDER)"
    : `${target} answered ${status}: ${text.slice(0, 200)}`;
}
