/** The way to the Worker's Admin entrypoint, by a service binding of wrangler. */
import { join } from "node:path";
import type { Environment } from "./environments.ts";
import { OperatorError } from "./operator-error.ts";

const RESTART_MS = 3_000;

/** `local`: the stack of `npm start` on this machine. */
export type Target = "local" | Environment;

export interface AdminLink {
  /** @throws OperatorError with what the Worker says when it refuses */
  send(command: string, input: Record<string, unknown>): Promise<Response>;
  json(command: string, input: Record<string, unknown>): Promise<Record<string, unknown>>;
  close(): Promise<void>;
}

interface Service {
  fetch(url: string, init: { method: string; body: string }): Promise<Response>;
}

export async function openAdmin(target: Target): Promise<AdminLink> {
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
  return {
    send,
    json: async (command, input) => (await (await send(command, input)).json()) as Record<string, unknown>,
    close: () => proxy.dispose(),
  };
}

function messageIn(text: string): string | undefined {
  if (!text.startsWith("{")) return undefined;
  return (JSON.parse(text) as { message?: string }).message;
}

function unreachable(target: Target, status: number, text: string): string {
  return target === "local"
    ? "No server runs on this machine. Start it with: npm start (or name a deployment: --env staging)"
    : `${target} answered ${status}: ${text.slice(0, 200)}`;
}
