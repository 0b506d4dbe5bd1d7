/** Issues a personal token: a device in the user's object, and a JWT that names it. */
import type { RpcResult } from "../../objects/rpc/user.ts";
import type { Grant } from "../../tools/define.ts";
import { newDeviceId, type UserStub } from "../directory.ts";
import type { Config } from "../env.ts";
import { JWT_CLIENT_ID } from "../oauth/provider.ts";
import { signDeviceToken } from "./jwt.ts";
import { scopesOf } from "./scopes.ts";

export interface TokenWish {
  name: string;
  grant: Grant;
  lifetime_s: number;
  /** A form's own id, so that sending it twice makes one token. */
  deviceId?: string;
}

/**
 * The token is in the answer and nowhere else: it cannot be shown again. A refusal of the user's object is
 * returned as it is ("invalid": the form was sent before).
 */
export async function issueToken(
  config: Config,
  userId: string,
  user: UserStub,
  { name, grant, lifetime_s, deviceId = newDeviceId() }: TokenWish,
): Promise<RpcResult<{ token: string; expires_ms: number }>> {
  const now_ms = Date.now();
  const expires_s = Math.floor(now_ms / 1000) + lifetime_s;
  const expires_ms = expires_s * 1000;
  const added = await user.addDevice({
    deviceId,
    via: "jwt",
    clientId: JWT_CLIENT_ID,
    clientName: name,
    grant,
    expires_ms,
  });
  if (!added.ok) return added;
  const scopes = scopesOf(grant.access);
  const token = await signDeviceToken(config, { userId, deviceId, scopes, expires_s }, now_ms);
  return { ok: true, value: { token, expires_ms } };
}
