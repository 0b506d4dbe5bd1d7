/** A `fetch` handler on a port of this machine, for what workerd reaches outside itself. */
import { serve } from "@hono/node-server";

export interface Outside {
  /** `host:port`. */
  address: string;
  stop(): Promise<void>;
}

export async function serveOutside(handler: (request: Request) => Promise<Response>): Promise<Outside> {
  const server = serve({ fetch: handler, port: 0, hostname: "127.0.0.1" });
  await new Promise<void>((resolve, reject) => {
    server.once("listening", () => resolve());
    server.once("error", reject);
  });
  const bound = server.address();
  if (typeof bound !== "object" || bound === null) throw new Error("the service has no port");
  return {
    address: `127.0.0.1:${bound.port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        if ("closeAllConnections" in server) server.closeAllConnections();
      }),
  };
}
