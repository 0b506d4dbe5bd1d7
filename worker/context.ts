/** What a route of the Worker gets: bindings, the parsed configuration and the OAuth parts of this origin. */
import type { Context, Hono } from "hono";
import type { OAuthHelpers } from "@cloudflare/workers-oauth-provider";
import type { Bindings, Config } from "./env.ts";
import type { OAuthParts } from "./oauth/provider.ts";

export interface AppEnv {
  Bindings: Bindings;
  Variables: { config: Config; parts: OAuthParts; oauth: OAuthHelpers; requestId: string };
}

export type App = Hono<AppEnv>;
export type AppContext = Context<AppEnv>;
