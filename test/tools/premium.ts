/** Premium tools in tests: a tool out of a room's list, and a world on the premium tier. */
import type { Tool } from "../../tools/define.ts";
import type { ContextOptions, World } from "./context.ts";

/** The tool of that name; throws when the room has none. */
export function pick(tools: readonly Tool[], name: string): Tool {
  const found = tools.find((tool) => tool.name === name);
  if (found === undefined) {
    throw new Error(`no tool ${name}`);
  }
  return found;
}

/** The same world with a premium context in its place. */
export function premium(world: World, options: ContextOptions = {}): World {
  world.ctx = world.context({ tier: "premium", ...options });
  return world;
}

/** Runs `change` on the JSON body of every request of a method before the sandbox sees it, as if ClickUp ignored a part. */
export function ignoring(method: string, change: (body: Record<string, unknown>) => void): void {
  const inner = globalThis.fetch;
  globalThis.fetch = async (input: Parameters<typeof fetch>[0], init?: RequestInit) => {
    const request = new Request(input, init);
    if (request.method !== method) {
      return await inner(request);
    }
    const body = (await request.clone().json()) as Record<string, unknown>;
    change(body);
    return await inner(
      new Request(request.url, { method, headers: request.headers, body: JSON.stringify(body) }),
    );
  };
}
