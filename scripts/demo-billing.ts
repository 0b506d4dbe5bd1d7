/** The demo's second half: upgrading by Checkout and cancelling, as a person clicks through it, and what clients see. */
import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { check, must } from "./demo-steps.ts";
import type { FormBrowser } from "./form-browser.ts";
import type { Stack } from "./stack.ts";

const FREE_TOOLS = 7;
const ALL_TOOLS = 72;
const DAY_MS = 24 * 60 * 60_000;
/** Webhooks arrive by themselves, soon after Stripe's event. */
const WEBHOOK_WAIT_MS = 20_000;

/** Asks for the list until it has `wanted` tools. @throws Error when that takes too long */
async function toolsBecome(client: Client, wanted: number): Promise<void> {
  const deadline_ms = Date.now() + WEBHOOK_WAIT_MS;
  for (;;) {
    const { tools } = await client.listTools();
    if (tools.length === wanted) return;
    must(Date.now() < deadline_ms, `still ${tools.length} tools, expected ${wanted}`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

/** @param browser where the person has signed in */
export async function demoBilling(stack: Stack, browser: FormBrowser, client: Client): Promise<void> {
  const { stripe } = stack;
  must(stripe !== undefined, "the Stripe sandbox is not running");
  const planUrl = `${stack.url}/account/plan`;
  await check("a premium tool on the free plan", async () => {
    const refused = await client.callTool({ name: "clickup_task_search", arguments: {} });
    const text = JSON.stringify(refused.content);
    must(refused.isError === true && text.includes(`${stack.url}/account/plan`), text);
    must(!text.includes("/c/pay/"), "a checkout page must not be in an answer");
    return ["refused, with a link to our own page", undefined];
  });
  await check("upgrade by Checkout", async () => {
    const checkout = await browser.submit(await browser.open(planUrl), {}, "Upgrade");
    must(checkout.url.startsWith(`${stripe.url}/c/pay/`), `expected Stripe's page, got ${checkout.url}`);
    const back = await browser.submit(checkout, {}, "pay");
    must(back.url.startsWith(stack.url) && back.status === 200, `after paying: ${back.status} ${back.url}`);
    return ["paid with a test card, back on our page", undefined];
  });
  await check("72 tools appear", async () => {
    await toolsBecome(client, ALL_TOOLS);
    const found = await client.callTool({
      name: "clickup_task_search",
      arguments: { query: "export", workspace: "Northwind Labs" },
    });
    must(found.isError !== true, JSON.stringify(found.content));
    return ["the same client, the same token; task search works", undefined];
  });
  await check("cancel", async () => {
    const portal = await browser.submit(await browser.open(planUrl), {}, "Cancel");
    must(portal.url.startsWith(stripe.url), `expected Stripe's portal, got ${portal.url}`);
    await browser.submit(portal, {}, "cancel");
    await toolsBecome(client, ALL_TOOLS);
    return ["premium until the period ends", undefined];
  });
  await check("the period ends: 7 tools remain", async () => {
    const advanced = await fetch(`${stripe.url}/__sandbox/advance`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ ms: 32 * DAY_MS }),
    });
    must(advanced.ok, `the sandbox answered ${advanced.status}`);
    await toolsBecome(client, FREE_TOOLS);
    return ["back to the free plan, by Stripe's webhook", undefined];
  });
}
