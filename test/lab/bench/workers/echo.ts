/** Peer: the Worker passes the body to an object over RPC and answers what comes back. The floor of an object. */
import { DurableObject } from "cloudflare:workers";

interface Env {
  ECHO: DurableObjectNamespace<EchoObject>;
}

export class EchoObject extends DurableObject {
  /** Another one after every eviction. */
  readonly #life = crypto.randomUUID();

  echo(text: string): string {
    return text;
  }

  life(): string {
    return this.#life;
  }
}

export default {
  async fetch(request, env) {
    const stub = env.ECHO.getByName(request.headers.get("x-user") ?? "one");
    if (request.method === "GET") return new Response(await stub.life());
    const text = await stub.echo(await request.text());
    return new Response(text, { headers: { "Content-Type": "application/json" } });
  },
} satisfies ExportedHandler<Env>;
