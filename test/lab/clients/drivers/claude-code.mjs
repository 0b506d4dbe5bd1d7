/** Claude Code: sign-in and connection; calling a tool needs Anthropic's models. */
import { run } from "./command.mjs";
import { done, impossible, must, url } from "./steps.mjs";

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
const { output } = await run(CLAUDE, ["mcp", "list"]);
must(/clickup:.*(✔|✓) Connected/.test(output), output);
done("tools/list", "connects");
for (const step of ["read", "write", "refresh"]) impossible(step, "needs a model");
