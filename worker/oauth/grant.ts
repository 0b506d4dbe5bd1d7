/** The end of every authorization: a device in the user's object, then a grant of the OAuth library. */
import type { AuthRequest, OAuthHelpers } from "@cloudflare/workers-oauth-provider";
import type { Grant } from "../../tools/define.ts";
import { SCOPES } from "../auth/scopes.ts";
import { newDeviceId, type UserStub } from "../directory.ts";
import { logIncident } from "../log.ts";
import { displayName } from "../pages/text.ts";
import type { GrantProps } from "./provider.ts";

/** What a device may do, and until when (ms since the epoch; `null`: until it is stopped). */
export interface Granted {
  grant: Grant;
  expires_ms: number | null;
}

/**
 * Makes a device for the client and completes the authorization. The library's grant has room for every scope:
 * each token gets those the device allows when it is issued (`provider.ts`), so that the owner can widen or
 * narrow a device later without the client having to ask again.
 * @returns where to send the browser: the client's redirect URI with code, state and iss.
 */
export async function grantAccess(
  oauth: OAuthHelpers,
  request: AuthRequest,
  { grant, expires_ms }: Granted,
  { userId, user }: { userId: string; user: UserStub },
): Promise<string> {
  const deviceId = newDeviceId();
  const client = await oauth.describeConsent(request);
  const clientName = displayName(client.clientName);
  const added = await user.addDevice({
    deviceId,
    via: "oauth",
    clientId: request.clientId,
    clientName,
    grant,
    expires_ms,
  });
  if (!added.ok) throw new Error(`addDevice refused: ${added.error.kind}`);
  const props: GrantProps = { v: 1, userId, deviceId };
  try {
    const { redirectTo } = await oauth.completeAuthorization({
      request,
      userId,
      metadata: { deviceId, clientName },
      scope: SCOPES,
      props,
    });
    if (client.clientDomain === undefined) await endEarlierDevices(user, request.clientId, deviceId);
    return redirectTo;
  } catch (error) {
    await user.revokeDevice(deviceId);
    throw error;
  }
}

/**
 * The library ends earlier grants of the same person and registered client, so their devices end too.
 * A client known by its metadata document shares one id among installations: its devices are left alone.
 */
async function endEarlierDevices(user: UserStub, clientId: string, keep: string): Promise<void> {
  try {
    const earlier = (await user.devices()).filter(
      (device) => device.clientId === clientId && device.deviceId !== keep && device.revoked_ms === null,
    );
    await Promise.all(earlier.map((device) => user.revokeDevice(device.deviceId)));
  } catch (error) {
    // Their tokens are dead already; a row left over only makes a list longer.
    logIncident(error, { during: "end_earlier_devices" });
  }
}
