/** Claude Code: sign-in and connection; calling a tool needs Anthropic's models. */
import { run } from "./command.mjs";
import { done, impossible, must, url } from "./steps.mjs";

const CLAUDE = "node_modules/.bin/claude";
await run(CLAUDE, ["mcp", "add", "--transport", "http", "--scope", "user", "clickup", url]);
const login = await run(CLAUDE, ["mcp", "login", "clickup"]);
must(login.code === 0, `login ended with ${login.code}`);
done("sign-in");
const { output } = await run(CLAUDE, ["mcp", "list"]);
must(/clickup:.*(✔|✓) Connected/.test(output), output);
done("tools/list", "connects");
for (const step of ["read", "write", "refresh"]) impossible(step, "needs a model");
