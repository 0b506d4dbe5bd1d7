/** `npm run kv:create:*`: the KV namespaces of an environment, their ids written into wrangler.jsonc. */
import { parseArgs } from "node:util";
import { ConfigFile } from "./config-file.ts";
import { environmentOf, KV_BINDINGS, kvTitle, type Environment } from "./environments.ts";
import { OperatorError, runScript } from "./operator-error.ts";
import { requireAccount, wrangler, wranglerJson } from "./wrangler.ts";

interface Namespace {
  id: string;
  title: string;
}

/** Creates what is missing and takes what is there. A second run changes nothing. */
export async function provisionKv(environment: Environment, config: ConfigFile): Promise<string[]> {
  const account = await requireAccount();
  const lines: string[] = [];
  for (const binding of KV_BINDINGS) {
    const title = kvTitle(environment, binding);
    const existing = await listNamespaces();
    const configured = config.kvId(environment, binding);
    if (configured !== undefined && configured !== "") {
      if (!existing.some(({ id }) => id === configured)) {
        throw new OperatorError(
          `${binding} of ${environment} has id ${configured} in wrangler.jsonc, which account ${account.name} does not have. Log in to the right account, or delete the id from wrangler.jsonc to make a new namespace.`,
        );
      }
      lines.push(`${binding}  ${configured}  as before`);
      continue;
    }
    let found = existing.find((n) => n.title === title);
    const made = found === undefined;
    if (found === undefined) {
      await wrangler(["kv", "namespace", "create", title]);
      found = (await listNamespaces()).find((n) => n.title === title);
      if (found === undefined)
        throw new OperatorError(`Cloudflare does not list ${title} yet. Run this again.`);
    }
    config.setKvId(environment, binding, found.id);
    lines.push(`${binding}  ${found.id}  ${made ? "created" : "was there"}, written into wrangler.jsonc`);
  }
  return lines;
}

export async function listNamespaces(): Promise<Namespace[]> {
  return (await wranglerJson(["kv", "namespace", "list"])) as Namespace[];
}

if (import.meta.main) {
  await runScript(async () => {
    const { values } = parseArgs({ options: { env: { type: "string" } } });
    const environment = environmentOf(values.env);
    for (const line of await provisionKv(environment, new ConfigFile())) console.log(line);
    console.log(`KV of ${environment} is ready.`);
  });
}
