import type { World } from "../world.ts";
import { authenticatePage, checkoutPage } from "./checkout.ts";
import { invoicePage } from "./invoice.ts";
import { messagePage } from "./layout.ts";
import { portalPage } from "./portal.ts";

/** The hosted pages of both modes: an id says which mode it is of. */
export async function pages(worlds: readonly World[], request: Request, url: URL): Promise<Response> {
  if (request.method !== "GET" && request.method !== "POST") return notFound();
  for (const world of worlds) {
    const answer = await pageOf(world, request, url.pathname);
    if (answer !== undefined) return answer;
  }
  return notFound();
}

async function pageOf(world: World, request: Request, path: string): Promise<Response | undefined> {
  const [, first, second, id = "", step] = path.split("/");
  if (first === "c" && second === "pay") {
    const session = world.find("checkout_sessions", id);
    if (session === undefined) return undefined;
    if (step === "authenticate") return authenticatePage(world, session, request);
    return checkoutPage(world, session, request);
  }
  if (first === "p" && second === "session") {
    const session = world.find("portal_sessions", id);
    return session === undefined ? undefined : portalPage(world, session, request);
  }
  if (first === "i") {
    const invoice = world.find("invoices", second ?? "");
    if (invoice === undefined || invoice.hosted_invoice_url?.split("/").at(-1) !== id) return undefined;
    return invoicePage(world, invoice, request);
  }
  return undefined;
}

function notFound(): Promise<Response> {
  return messagePage("Page not found", "The Stripe sandbox has no page here.", 404);
}
