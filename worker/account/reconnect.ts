/** POST /account/settings/connect: ClickUp's page once more, for a fresh credential. */
import { beginClickUpLogin } from "../auth/login.tsx";
import type { AppContext } from "../context.ts";
import { errorPage } from "../html.tsx";

export async function reconnect(c: AppContext): Promise<Response> {
  return (
    (await beginClickUpLogin(c, "/account/settings")) ??
    errorPage(400, {
      title: "Not possible here",
      message: "This server has no ClickUp app. Store a personal API token instead.",
      next: { label: "Back to the settings", href: "/account/settings" },
    })
  );
}
