import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "./command.mjs";
import { answers, checkRead, checkTools, checkWrite, done, must, READ, SPACE, url, WRITE } from "./steps.mjs";

const MCPORTER = "node_modules/.bin/mcporter";
writeFileSync(
  "mcporter.json",
  JSON.stringify({ imports: [], mcpServers: { clickup: { baseUrl: url, auth: "oauth" } } }),
);
const mcporter = (...args) => run(MCPORTER, ["--config", "mcporter.json", ...args]);

const signedIn = await mcporter("auth", "clickup");
must(signedIn.code === 0, `auth ended with ${signedIn.code}`);
done("sign-in");
const { output: listed } = await mcporter("list", "clickup", "--json");
checkTools([...new Set(listed.match(/clickup_[a-z_]+/g))]);
const call = (tool) => mcporter("call", `clickup.${tool.name}`, "--args", JSON.stringify(tool.arguments));
checkRead((await call(READ)).output);
checkWrite((await call(WRITE)).output);

const home = process.env.HOME ?? "";
const kept = readdirSync(home, { recursive: true })
  .map((name) => join(home, String(name)))
  .find((path) => path.endsWith(".json") && readFileSync(path, "utf8").includes("access_token"));
must(kept, "no tokens were kept");
writeFileSync(
  kept,
  readFileSync(kept, "utf8").replace(/("access_token":\s*)"[^"]+"/g, '$1"expired:by:the-laboratory"'),
);
answers((await call(READ)).output, SPACE);
must(/"access_token":\s*"u_/.test(readFileSync(kept, "utf8")), "the token was not renewed");
done("refresh");
