/** A person at ClickUp's authorize page, as the sandbox has it. */
import { SANDBOX } from "../sandbox/clickup/facts.ts";
import { clickup } from "../support/outside.ts";
import { formAction, locationOf } from "./browser.ts";

/**
 * Opens the page the browser was sent to, signs in as `person` with all Workspaces, and connects.
 * @returns where ClickUp sends the browser: our callback with code and state.
 */
export async function signInAtClickUp(url: URL, person: keyof typeof SANDBOX.users): Promise<URL> {
  const page = await clickup.fetch(new Request(url));
  if (page.status !== 200) throw new Error(`ClickUp's page: ${page.status} ${await page.text()}`);
  const fields = new URLSearchParams({ user: String(SANDBOX.users[person]), decision: "connect" });
  for (const workspace of Object.values(SANDBOX.workspaces)) fields.append("workspace", workspace);
  const action = new URL(formAction(await page.text()), url);
  return locationOf(await clickup.fetch(new Request(action, { method: "POST", body: fields })));
}
