import { html, raw } from "hono/html";
import type { SandboxState } from "./state.ts";

const STYLE = raw(`<style>
  :root { color-scheme: light dark; --line: #8886; --accent: #5f55ee; }
  * { box-sizing: border-box; }
  body { font: 16px/1.5 system-ui, sans-serif; margin: 0; padding: 1rem; background: Canvas; color: CanvasText; }
  main { max-width: 30rem; margin: 0 auto; }
  h1 { font-size: 1.4rem; }
  fieldset { border: 1px solid var(--line); border-radius: .6rem; margin: 0 0 1rem; padding: .5rem 1rem 1rem; }
  legend { font-weight: 600; padding: 0 .3rem; }
  label { display: flex; gap: .6rem; align-items: baseline; padding: .35rem 0; }
  small { opacity: .75; }
  .actions { display: flex; gap: .75rem; flex-wrap: wrap; }
  button { font: inherit; padding: .6rem 1.2rem; border-radius: .5rem; border: 1px solid var(--line); cursor: pointer; }
  button.main { background: var(--accent); border-color: var(--accent); color: #fff; }
  :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
</style>`);

type Html = ReturnType<typeof html>;

async function page(title: string, content: Html | Html[]): Promise<string> {
  const markup = await html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        ${STYLE}
      </head>
      <body>
        <main>${content}</main>
      </body>
    </html>`;
  return String(markup);
}

/** The sandbox's stand-in for app.clickup.com/api: who signs in, which Workspaces the app may reach. */
export function authorizePage(state: SandboxState, url: URL, origin: string): Promise<string> {
  const client = url.searchParams.get("redirect_uri") ?? "";
  const users = Object.values(state.data.users);
  const workspaces = Object.values(state.data.workspaces);
  const content = html`
    <h1>Connect an app to ClickUp (sandbox)</h1>
    <p>The app at <strong>${new URL(client).host}</strong> wants to use ClickUp for you.</p>
    <form method="post" action="${origin}${url.pathname}${url.search}">
      <fieldset>
        <legend>Sign in as</legend>
        ${users.map(
          (user, index) =>
            html`<label for="user-${user.id}">
              <input
                type="radio"
                name="user"
                id="user-${user.id}"
                value="${user.id}"
                ${index === 0 ? raw("checked") : ""}
              />
              <span>${user.username} <small>${user.email}</small></span>
            </label>`,
        )}
      </fieldset>
      <fieldset>
        <legend>Workspaces the app may use</legend>
        ${workspaces.map((workspace) => {
          const people = workspace.members
            .map((member) => state.user(member.user).username?.split(" ")[0])
            .join(", ");
          return html`<label for="workspace-${workspace.id}">
            <input
              type="checkbox"
              name="workspace"
              id="workspace-${workspace.id}"
              value="${workspace.id}"
              checked
            />
            <span>${workspace.name} <small>of ${people}</small></span>
          </label>`;
        })}
        <small>Workspaces the person is not in are left out.</small>
      </fieldset>
      <div class="actions">
        <button class="main" name="decision" value="connect">Connect</button>
        <button name="decision" value="cancel">Cancel</button>
      </div>
    </form>
  `;
  return page("Connect to ClickUp (sandbox)", content);
}

/** A request that ClickUp refuses before anybody may choose. */
export function authorizeErrorPage(problem: string): Promise<string> {
  return page(
    "ClickUp (sandbox): cannot connect",
    html`<h1>This app cannot be connected</h1>
      <p role="alert">${problem}</p>`,
  );
}
