/** A loopback proxy that adds a bearer token, for clients that cannot send one. */
import { createServer, request as send, type IncomingHttpHeaders } from "node:http";

export interface BearerProxy {
  /** Where clients send what is meant for the endpoint. */
  url: string;
  stop(): Promise<void>;
}

/**
 * Passes everything on to the origin of `endpoint` as it comes, streams included.
 * @param endpoint the URL clients would call with a token; the proxy's URL has the same path
 */
export async function startBearerProxy(endpoint: string, token: string, port: number): Promise<BearerProxy> {
  const target = new URL(endpoint);
  const own = `localhost:${port}`;
  const server = createServer((incoming, outgoing) => {
    const headers = { ...renamed(incoming.headers, own, target.host), authorization: `Bearer ${token}` };
    const path = incoming.url ?? "/";
    const options = { host: target.hostname, port: target.port, method: incoming.method, path, headers };
    const upstream = send(options, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      outgoing.flushHeaders();
      answer.pipe(outgoing);
    });
    upstream.on("error", () => {
      if (!outgoing.headersSent) outgoing.writeHead(502);
      outgoing.end();
    });
    // A client that goes away takes its request with it, as it would without a proxy between.
    outgoing.on("close", () => upstream.destroy());
    incoming.pipe(upstream);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "localhost", resolve);
  });
  return {
    url: `http://${own}${target.pathname}`,
    async stop() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}

/** The proxy's own name becomes the endpoint's; a foreign Host or Origin stays, for the endpoint to refuse. */
function renamed(headers: IncomingHttpHeaders, own: string, target: string): IncomingHttpHeaders {
  const { host, origin } = headers;
  return {
    ...headers,
    ...(host === own ? { host: target } : {}),
    ...(origin === `http://${own}` ? { origin: `http://${target}` } : {}),
  };
}
