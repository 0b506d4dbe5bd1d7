/** mcp-remote: a program between a client on stdio and this server; every client that knows no OAuth uses it. */
import { spawn } from "node:child_process";
import { copyFileSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { answers, checkRead, checkTools, checkWrite, done, must, READ, SPACE, url, WRITE } from "./steps.mjs";

// It brings an xdg-open of its own, which looks for a desktop.
copyFileSync(process.env.BROWSER ?? "", join("node_modules", "open", "xdg-open"));

/** JSON-RPC over a program's stdio. */
function start() {
  const child = spawn("node_modules/.bin/mcp-remote", [url, "--allow-http", "--transport", "http-only"], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const waiting = new Map();
  let rest = "";
  child.stdout.setEncoding("utf8").on("data", (text) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines.filter(Boolean)) {
      const message = JSON.parse(line);
      waiting.get(message.id)?.(message);
    }
  });
  let id = 0;
  const send = (message) => child.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
  const ask = (method, params = {}) =>
    new Promise((resolve, reject) => {
      const own = ++id;
      waiting.set(own, ({ result, error }) =>
        error === undefined ? resolve(result) : reject(new Error(JSON.stringify(error))),
      );
      send({ id: own, method, params });
    });
  const begin = async () => {
    const clientInfo = { name: "laboratory", version: "1.0.0" };
    await ask("initialize", { protocolVersion: "2025-11-25", capabilities: {}, clientInfo });
    send({ method: "notifications/initialized" });
  };
  return { ask, begin, stop: () => child.kill() };
}

const first = start();
await first.begin();
done("sign-in");
checkTools((await first.ask("tools/list")).tools.map((tool) => tool.name));
checkRead(await first.ask("tools/call", READ));
checkWrite(await first.ask("tools/call", WRITE));
first.stop();

const home = join(process.env.HOME ?? "", ".mcp-auth");
const file = readdirSync(home, { recursive: true }).find((name) => String(name).endsWith("_tokens.json"));
must(file, "no tokens were kept");
const path = join(home, String(file));
const tokens = JSON.parse(readFileSync(path, "utf8"));
writeFileSync(path, JSON.stringify({ ...tokens, access_token: "expired:by:the-laboratory" }));
const again = start();
await again.begin();
answers(await again.ask("tools/call", READ), SPACE);
must(readFileSync(path, "utf8").includes('"u_'), "the token was not renewed");
done("refresh");
again.stop();
process.exit(0);
