/** Peer: workers-oauth-provider, one Worker with one resource, in front of the echo object. */
import { OAuthProvider } from "@cloudflare/workers-oauth-provider";
import type { EchoObject } from "./echo.ts";
import { issueCode, type IssueEnv } from "./issue.ts";

export { EchoObject } from "./echo.ts";

interface Env extends IssueEnv {
  ECHO: DurableObjectNamespace<EchoObject>;
  ORIGIN: string;
}

/** The library is set up per origin, which is known with the first request. */
let provider: OAuthProvider<Env> | undefined;

function providerOf(origin: string): OAuthProvider<Env> {
  provider ??= new OAuthProvider<Env>({
    apiRoute: "/mcp",
    apiHandler: {
      async fetch(request: Request, env: Env) {
        const stub = env.ECHO.getByName(request.headers.get("x-user") ?? "one");
        return new Response(await stub.echo(await request.text()), {
          headers: { "Content-Type": "application/json" },
        });
      },
    },
    defaultHandler: {
      async fetch(request: Request, env: Env) {
        return issueCode(request, env);
      },
    },
    resourceMetadata: { resource: origin },
    authorizeEndpoint: "/authorize",
    tokenEndpoint: "/token",
    scopesSupported: ["clickup:read"],
  });
  return provider;
}

export default {
  fetch: (request, env, ctx) => providerOf(env.ORIGIN).fetch(request, env, ctx),
} satisfies ExportedHandler<Env>;
