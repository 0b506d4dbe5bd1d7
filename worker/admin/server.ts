/** Which server answers, for the operator's tool to look at before it asks for anything. */
import { version } from "../../package.json";
import type { Bindings } from "../env.ts";
import type { Answer } from "./command.ts";

/** `checkout`: the folder `npm start` runs it from; `null` where it is deployed. Works with a wrong configuration, too. */
export async function server(_: unknown, env: Bindings): Promise<Answer> {
  const text = (name: string): string | null => (typeof env[name] === "string" ? env[name] : null);
  return {
    origin: text("PUBLIC_URL"),
    environment: text("ENVIRONMENT"),
    version,
    checkout: text("CHECKOUT"),
  };
}
