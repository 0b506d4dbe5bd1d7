/**
 * POST /stripe/webhook: Stripe tells that something happened. The signature is checked over the bytes as they came,
 * then the user's object reads Stripe anew. Anything but 2xx makes Stripe send it again.
 */
import { Stripe } from "stripe";
import type { AppContext } from "../context.ts";
import { readCapped } from "../html.tsx";
import { apiJson } from "../json.ts";
import { logEvent, logIncident } from "../log.ts";
import { trouble } from "./checks/trouble.ts";
import { noteEvent } from "./contact.ts";
import { readNotice } from "./event-notice.ts";
import { handleEvent } from "./handle-event.ts";
import { notConfigured } from "./refusals.ts";
import { stripeClient } from "./stripe.ts";

/** Stripe's events are a few kilobytes. */
const BODY_BYTES = 256 * 1024;
/** Stripe's own tolerance. Never 0: the SDK takes that for "do not check". */
const TOLERANCE_S = 300;
const RETRY_AFTER_S = 30;

export async function stripeWebhook(c: AppContext): Promise<Response> {
  const { billing } = c.var.config;
  if (billing === null || billing.webhookSecrets.length === 0) return notConfigured();
  const declared = Number(c.req.header("Content-Length") ?? "0");
  const body = declared > BODY_BYTES ? null : await readCapped(c.req.raw, BODY_BYTES);
  if (body === null) return refuse(413, "too_large", "Events are at most 256 KiB.");
  const header = c.req.header("Stripe-Signature") ?? "";
  if (!(await isSigned(stripeClient(billing), body, header, billing.webhookSecrets))) {
    logEvent("warn", "stripe_signature_refused", { requestId: c.var.requestId });
    return refuse(400, "invalid_signature", "The Stripe-Signature header does not match the body.");
  }
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return refuse(400, "invalid_event", "The body is not JSON.");
  }
  const notice = readNotice(json);
  if (notice === null) return refuse(400, "invalid_event", "The body is not an event of Stripe's.");
  noteVersion(notice.apiVersion);
  if (notice.livemode === billing.live) c.executionCtx.waitUntil(noteEvent(c.env));
  try {
    const outcome = await handleEvent(c.env, billing, notice);
    const fields = { event_id: notice.id, type: notice.type, outcome, requestId: c.var.requestId };
    logEvent(outcome === "retry" ? "warn" : "info", "stripe_event", fields);
    if (outcome === "retry") return later();
    return apiJson(200, {
      received: true,
      ...(outcome === "duplicate" ? { duplicate: true } : {}),
      ...(outcome === "ignored" ? { ignored: true } : {}),
    });
  } catch (error) {
    logIncident(error, { during: "stripe_webhook", event_id: notice.id });
    return later();
  }
}

let notedVersion: string | null = null;

/** Only ids are read of an event, so another version harms nothing; the operator is told once per isolate. */
function noteVersion(version: string | null): void {
  if (version === null || version === Stripe.API_VERSION || version === notedVersion) return;
  notedVersion = version;
  logEvent("warn", "stripe_event_version", { ...trouble("webhook_version", version) });
}

/** True when one of the secrets signed exactly this body within five minutes of now, before or after. */
async function isSigned(
  stripe: Stripe,
  body: string,
  header: string,
  secrets: readonly string[],
): Promise<boolean> {
  const { signature } = stripe.webhooks;
  // The SDK looks at the age only: a time far ahead would never grow old.
  const signed_s = Number(/(?:^|,)t=(\d{1,12})(?:,|$)/.exec(header)?.[1] ?? "0");
  if (signature === null || body === "" || signed_s - Date.now() / 1000 > TOLERANCE_S) return false;
  for (const secret of secrets) {
    try {
      if (await signature.verifyHeaderAsync(body, header, secret, TOLERANCE_S)) return true;
    } catch (error) {
      if (error instanceof stripe.errors.StripeSignatureVerificationError) continue;
      throw error;
    }
  }
  return false;
}

function refuse(status: number, error: string, message: string): Response {
  return apiJson(status, { error, message });
}

function later(): Response {
  return apiJson(
    503,
    { error: "billing_unavailable", message: "Not worked on yet. Send it again." },
    { "Retry-After": String(RETRY_AFTER_S) },
  );
}
