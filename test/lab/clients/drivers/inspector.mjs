/** The Inspector's command line takes a token: its OAuth is in its page. */
import { run } from "./command.mjs";
import { byAuth, callback, checkRead, checkTools, checkWrite, impossible, Provider } from "./steps.mjs";
import { READ, url, WRITE } from "./steps.mjs";
import { auth } from "@modelcontextprotocol/client";

const page = await callback();
const provider = new Provider(page.redirectUri);
await byAuth(auth, provider, page.query);
page.close();
impossible("sign-in", "takes a token");
const inspector = (...args) =>
  run("node_modules/.bin/mcp-inspector", [
    "--cli",
    url,
    "--transport",
    "http",
    "--header",
    `Authorization: Bearer ${provider.saved.access_token}`,
    ...args,
  ]);
const call = (tool) =>
  inspector(
    "--method",
    "tools/call",
    "--tool-name",
    tool.name,
    ...Object.entries(tool.arguments).flatMap(([name, value]) => ["--tool-arg", `${name}=${value}`]),
  );
const { output } = await inspector("--method", "tools/list");
checkTools([...new Set(output.match(/clickup_[a-z_]+/g))]);
checkRead((await call(READ)).output);
checkWrite((await call(WRITE)).output);
impossible("refresh", "takes a token");
process.exit(0);
