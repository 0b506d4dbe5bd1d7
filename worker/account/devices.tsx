/** One device: its page, its choices, its end. */
import type { DeviceView } from "../../objects/rpc/views.ts";
import { expiryOf, readChoices } from "../auth/choices.ts";
import type { WebSession } from "../auth/web-session.ts";
import type { AppContext } from "../context.ts";
import { errorPage, htmlPage } from "../html.tsx";
import { logIncident } from "../log.ts";
import { DevicePage } from "../pages/account/device.tsx";
import { doneAt, pageProps, stoppedAt } from "./guard.tsx";

/** GET /account/devices/:id */
export async function showDevice(c: AppContext, session: WebSession): Promise<Response> {
  const device = await named(c, session);
  return device === null ? unknownDevice() : devicePage(c, session, device, null, 200);
}

/** POST /account/devices/:id */
export async function changeDevice(
  c: AppContext,
  session: WebSession,
  form: URLSearchParams,
): Promise<Response> {
  const device = await named(c, session);
  if (device === null) return unknownDevice();
  const keep = (form.get("lifetime") ?? "keep") === "keep";
  if (keep) form.delete("lifetime");
  const choices = readChoices(form, session.account.workspaces);
  if (!choices.ok) return devicePage(c, session, device, choices.message, 400);
  const { grant, lifetime } = choices.value;
  const expires_ms = keep ? device.expires_ms : expiryOf(lifetime, Date.now());
  const changed = await session.user.changeDevice(device.deviceId, { grant, expires_ms });
  if (!changed.ok) return devicePage(c, session, device, changed.error.message, 400);
  return doneAt(`/account/devices/${encodeURIComponent(device.deviceId)}`, "changed");
}

/** POST /account/devices/:id/stop: the row in the user's object counts at once, the library's grant follows. */
export async function stopDevice(
  c: AppContext,
  session: WebSession,
  form: URLSearchParams,
): Promise<Response> {
  const deviceId = c.req.param("id") ?? "";
  const stopped = await session.user.revokeDevice(deviceId);
  if (!stopped.ok) return unknownDevice();
  c.executionCtx.waitUntil(endGrants(c, session.userId, (id) => id === deviceId));
  return stoppedAt(form.get("back") === "/account/tokens" ? "/account/tokens" : "/account", deviceId);
}

/** POST /account/devices/stop-all */
export async function stopAllDevices(c: AppContext, session: WebSession): Promise<Response> {
  for (const device of await session.user.devices()) {
    if (device.revoked_ms === null) await session.user.revokeDevice(device.deviceId);
  }
  c.executionCtx.waitUntil(endGrants(c, session.userId, () => true));
  return doneAt("/account", "stopped-all");
}

/**
 * Removes the OAuth library's grants of devices. Their tokens are refused by the user's object already, so what
 * is left over by a failure does no harm.
 */
export async function endGrants(
  c: AppContext,
  userId: string,
  ofDevice: (deviceId: string) => boolean,
): Promise<void> {
  try {
    let cursor: string | undefined;
    do {
      const page = await c.var.oauth.listUserGrants(userId, cursor === undefined ? {} : { cursor });
      for (const { id, metadata } of page.items) {
        const deviceId = (metadata as { deviceId?: unknown } | null)?.deviceId;
        if (typeof deviceId === "string" && ofDevice(deviceId)) await c.var.oauth.revokeGrant(id, userId);
      }
      cursor = page.cursor;
    } while (cursor !== undefined);
  } catch (error) {
    logIncident(error, { during: "end_grants" });
  }
}

async function devicePage(
  c: AppContext,
  session: WebSession,
  device: DeviceView,
  problem: string | null,
  status: number,
): Promise<Response> {
  const props = await pageProps(c, session);
  return htmlPage(
    (nonce) => (
      <DevicePage {...props} nonce={nonce} account={session.account} device={device} problem={problem} />
    ),
    { status },
  );
}

/** The device of the address when it is one of this person's and works. */
async function named(c: AppContext, session: WebSession): Promise<DeviceView | null> {
  return session.user.activeDevice(c.req.param("id") ?? "");
}

function unknownDevice(): Response {
  return errorPage(404, {
    title: "There is no such device",
    message: "It may have been stopped or have ended.",
    next: { label: "Your devices", href: "/account" },
  });
}
