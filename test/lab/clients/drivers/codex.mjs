/** Codex: its command line signs in, its app server lists and calls without a model. */
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "./command.mjs";
import { answers, checkRead, checkTools, checkWrite, done, must, READ, SPACE, url, WRITE } from "./steps.mjs";

const CODEX = "node_modules/.bin/codex";
const home = join(process.env.HOME ?? "", ".codex");
mkdirSync(home, { recursive: true });
writeFileSync(
  join(home, "config.toml"),
  `mcp_oauth_credentials_store = "file"\n\n[mcp_servers.clickup]\nurl = "${url}"\n`,
);
// Left to itself it names itself by a metadata document of chatgpt.com, which a machine without the internet cannot read.
const registering = ["--oauth-client-registration", "dcr", "--scopes", "clickup:read,clickup:write"];
const login = await run(CODEX, ["mcp", "login", "clickup", ...registering]);
must(login.code === 0, `login ended with ${login.code}`);
done("sign-in");

/** JSON-RPC over the app server's stdio. */
function appServer() {
  const child = spawn(CODEX, ["app-server"], { stdio: ["pipe", "pipe", "inherit"] });
  const waiting = new Map();
  let rest = "";
  child.stdout.setEncoding("utf8").on("data", (text) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines.filter(Boolean)) {
      const message = JSON.parse(line);
      if (message.method === undefined) waiting.get(message.id)?.(message);
    }
  });
  let id = 0;
  const send = (message) => child.stdin.write(`${JSON.stringify(message)}\n`);
  const ask = (method, params) =>
    new Promise((resolve, reject) => {
      const own = ++id;
      waiting.set(own, ({ result, error }) =>
        error === undefined ? resolve(result) : reject(new Error(`${method}: ${JSON.stringify(error)}`)),
      );
      send({ id: own, method, params });
    });
  return { ask, send, stop: () => child.kill() };
}

async function begin() {
  const server = appServer();
  await server.ask("initialize", {
    clientInfo: { name: "laboratory", title: "Laboratory", version: "1.0.0" },
    capabilities: { experimentalApi: true },
  });
  server.send({ method: "initialized" });
  const { thread } = await server.ask("thread/start", { cwd: process.cwd() });
  const call = (tool) =>
    server.ask("mcpServer/tool/call", {
      threadId: thread.id,
      server: "clickup",
      tool: tool.name,
      arguments: tool.arguments,
    });
  return { ...server, call };
}

const first = await begin();
const { data } = await first.ask("mcpServerStatus/list", {});
const { tools } = data.find((one) => one.name === "clickup");
checkTools(Object.keys(tools));
checkRead(await first.call(READ));
checkWrite(await first.call(WRITE));
first.stop();

const file = join(home, ".credentials.json");
const before = readFileSync(file, "utf8");
const expired = before.replace(/("expires_at":\s*)\d+/g, `$1${Date.now() - 60_000}`);
must(expired !== before, `no expires_at in ${before.replaceAll(/u_[\w:-]+/g, "…")}`);
writeFileSync(file, expired);
const again = await begin();
answers(await again.call(READ), SPACE);
const token = (text) => /"access_token":\s*"([^"]+)"/.exec(text)?.[1];
must(token(readFileSync(file, "utf8")) !== token(before), "the token was not renewed");
done("refresh");
again.stop();
process.exit(0);
