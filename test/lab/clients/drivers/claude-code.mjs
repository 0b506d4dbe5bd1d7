/** Claude Code, with a model that is told what to call. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "./command.mjs";
import { scriptedModel } from "./model.mjs";
import { answers, checkRead, checkTools, checkWrite, done, must, READ, SPACE, url, WRITE } from "./steps.mjs";

const CLAUDE = "node_modules/.bin/claude";
const CALLBACK_PORT = "31845";

// Left to itself it names itself by a metadata document of claude.ai, which a machine without the internet cannot read:
// it is registered here as a person may do it, and told its id.
const registered = await fetch(new URL("/register", url), {
  method: "POST",
  body: JSON.stringify({
    client_name: "Claude Code",
    redirect_uris: [`http://localhost:${CALLBACK_PORT}/callback`],
    grant_types: ["authorization_code", "refresh_token"],
    token_endpoint_auth_method: "none",
  }),
});
const { client_id: clientId } = await registered.json();
const known = ["--client-id", clientId, "--callback-port", CALLBACK_PORT];
await run(CLAUDE, ["mcp", "add", "--transport", "http", "--scope", "user", ...known, "clickup", url]);
// It opens a browser from a terminal only.
const login = await run("script", ["-qec", `${CLAUDE} mcp login clickup`, "/dev/null"]);
must(login.code === 0, `login ended with ${login.code}`);
done("sign-in");

/** What came back of the tools, and what the model was shown. */
async function calling(calls) {
  const model = await scriptedModel(calls, "clickup");
  process.env.ANTHROPIC_BASE_URL = model.url;
  process.env.ANTHROPIC_API_KEY = "sk-ant-api03-the-laboratory";
  process.env.ENABLE_TOOL_SEARCH = "true";
  process.env.CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC = "1";
  const allowed = ["--allowedTools", "mcp__clickup", "--output-format", "json"];
  const { code } = await run(CLAUDE, ["-p", "Do it.", ...allowed], { input: "", within_ms: 90_000 });
  must(code === 0, `it ended with ${code}`);
  model.close();
  const last = model.seen.findLast(({ tools = [] }) => tools.length > 0);
  const results = last.messages
    .flatMap(({ content }) => (Array.isArray(content) ? content : []))
    .filter(({ type }) => type === "tool_result");
  return { results, tools: last.tools, everything: JSON.stringify(model.seen) };
}

const { results, tools, everything } = await calling([READ, WRITE]);
const PREFIX = "mcp__clickup__";
const shown = tools
  .filter(({ name, defer_loading: deferred }) => name.startsWith(PREFIX) && deferred !== true)
  .map(({ name }) => name.slice(PREFIX.length));
checkTools(shown);
// The others are known by name, to be looked up.
must(
  !shown.includes("clickup_folder_get") && everything.includes("clickup_folder_get"),
  "nothing is looked up",
);
done("tools/list", `${shown.length} in view, others by search`);
checkRead(results[0]);
checkWrite(results[1]);

const file = join(process.env.HOME ?? "", ".claude", ".credentials.json");
const before = readFileSync(file, "utf8");
const token = (text) => Object.values(JSON.parse(text).mcpOAuth)[0].accessToken;
const credentials = JSON.parse(before);
for (const one of Object.values(credentials.mcpOAuth)) one.expiresAt = Date.now() - 60_000;
writeFileSync(file, JSON.stringify(credentials));
answers((await calling([READ])).results[0], SPACE);
must(token(readFileSync(file, "utf8")) !== token(before), "the token was not renewed");
done("refresh");
process.exit(0);
