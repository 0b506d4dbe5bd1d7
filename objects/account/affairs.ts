/** The account's own affairs: sign-in, stored keys, devices. Each leaves an event in the journal. */
import { isTimeZone } from "../../tools/when/zone.ts";
import type { Tier } from "../../tools/tiers.ts";
import type { ClickUpLink } from "../secrets/clickup-link.ts";
import { MAX_DEVICES } from "../limits.ts";
import type { Ledger } from "../record/ledger.ts";
import type { AccountView, DeviceChange, Preferences, RpcResult, SignIn } from "../rpc/user.ts";
import type { CredentialKind, DeviceView, NewDevice } from "../rpc/views.ts";
import type { AccountStore } from "../stores/account.ts";
import { isActive, type DeviceStore } from "../stores/devices.ts";

/** Things that happen to an account, as the journal's `method`. */
type AccountEvent =
  | "account/sign_in"
  | "account/api_key"
  | "account/credential_removed"
  | "account/preferences"
  | "account/signed_out_everywhere"
  | "account/exported"
  | "billing/tier_changed"
  | "device/added"
  | "device/changed"
  | "device/revoked";

export class Affairs {
  readonly #account: AccountStore;
  readonly #devices: DeviceStore;
  readonly #link: ClickUpLink;
  readonly #ledger: Ledger;
  readonly #tier: () => Tier;
  readonly #ended: (deviceId: string) => void;
  readonly #userId: string;

  constructor(
    parts: {
      account: AccountStore;
      devices: DeviceStore;
      link: ClickUpLink;
      ledger: Ledger;
      tier: () => Tier;
      /** Ends what a device has open, when it ends. */
      ended: (deviceId: string) => void;
    },
    userId: string,
  ) {
    this.#account = parts.account;
    this.#devices = parts.devices;
    this.#link = parts.link;
    this.#ledger = parts.ledger;
    this.#tier = parts.tier;
    this.#ended = parts.ended;
    this.#userId = userId;
  }

  /** Creates or refreshes the account and stores the credential. Tier, devices and choices stay as they are. */
  async signIn(input: SignIn, event: AccountEvent): Promise<RpcResult<AccountView>> {
    const known = this.#account.read();
    if (known !== undefined && known.clickupUserId !== input.identity.clickupUserId) {
      return {
        ok: false,
        error: {
          kind: "other_clickup_user",
          message: "This ClickUp credential belongs to another ClickUp user than the one signed in.",
        },
      };
    }
    await this.#link.store(input.credential.kind, input.credential.token);
    this.#account.save(input.identity, this.#ledger.now_ms());
    this.record(event, null, { credential: input.credential.kind });
    return this.account();
  }

  async storeApiKey(input: SignIn): Promise<RpcResult<AccountView>> {
    if (this.#account.read() === undefined) return noAccount();
    return this.signIn(input, "account/api_key");
  }

  account(): RpcResult<AccountView> {
    const row = this.#account.read();
    if (row === undefined) return noAccount();
    const credentials = this.#account.credentials();
    return {
      ok: true,
      value: {
        userId: this.#userId,
        clickupUserId: row.clickupUserId,
        username: row.username,
        email: row.email,
        timeZone: row.timeZone ?? "UTC",
        timeZoneOverride: row.timeZoneOverride,
        workspaces: row.workspaces,
        defaultWorkspaceId: row.defaultWorkspaceId,
        defaultPinned: row.defaultPinned,
        credentials: credentials.map(({ kind, added_ms }, i) => ({ kind, added_ms, active: i === 0 })),
        tier: this.#tier(),
        created_ms: row.created_ms,
      },
    };
  }

  addDevice(device: NewDevice): RpcResult<DeviceView> {
    if (this.#account.read() === undefined) return noAccount();
    const now_ms = this.#ledger.now_ms();
    if (this.#devices.get(device.deviceId) !== undefined) {
      return invalid("A device of this id exists.");
    }
    const active = this.#devices.list().filter((d) => isActive(d, now_ms));
    for (const oldest of active.slice(MAX_DEVICES - 1)) this.revokeDevice(oldest.deviceId);
    this.#devices.add(device, now_ms);
    this.record("device/added", device.deviceId, { client: device.clientId });
    return this.#device(device.deviceId);
  }

  devices(): DeviceView[] {
    return this.#devices.list();
  }

  /** Acts on the device's next request, whatever token it holds. */
  revokeDevice(deviceId: string): RpcResult<DeviceView> {
    if (this.#devices.revoke(deviceId, this.#ledger.now_ms())) this.record("device/revoked", deviceId, {});
    this.#ended(deviceId);
    return this.#device(deviceId);
  }

  deviceActive(deviceId: string): boolean {
    return this.activeDevice(deviceId) !== null;
  }

  activeDevice(deviceId: string): DeviceView | null {
    const device = this.#devices.get(deviceId);
    return device !== undefined && isActive(device, this.#ledger.now_ms()) ? device : null;
  }

  /** Changes what a device may do, from its next request on. A pasted token cannot outgrow what it was issued for. */
  changeDevice(deviceId: string, { grant, expires_ms }: DeviceChange): RpcResult<DeviceView> {
    const device = this.activeDevice(deviceId);
    if (device === null) return unknownDevice();
    const pasted = device.via === "jwt";
    if (pasted && device.issuedAccess === "read" && grant.access === "write") {
      return invalid("This token was issued for reading only. Issue a new one for writing.");
    }
    const known = this.#account.read()?.workspaces.map((w) => w.id) ?? [];
    if (grant.workspaces?.some((id) => !known.includes(id)) === true) {
      return invalid("One of the Workspaces is not yours any more.");
    }
    this.#devices.change(deviceId, grant, pasted ? device.expires_ms : expires_ms);
    this.record("device/changed", deviceId, { access: grant.access });
    return this.#device(deviceId);
  }

  /** Ends what devices have open that have expired: nobody tells the object when that happens. */
  endExpired(): void {
    for (const device of this.#devices.list()) {
      if (device.revoked_ms === null && !isActive(device, this.#ledger.now_ms()))
        this.#ended(device.deviceId);
    }
  }

  /** Stops every device. */
  stopAll(): void {
    for (const device of this.#devices.list()) this.revokeDevice(device.deviceId);
  }

  removeCredential(kind: CredentialKind): RpcResult<AccountView> {
    if (this.#account.removeCredential(kind)) {
      this.record("account/credential_removed", null, { credential: kind });
    }
    return this.account();
  }

  setPreferences({ defaultWorkspaceId, timeZone }: Preferences): RpcResult<AccountView> {
    const account = this.#account.read();
    if (account === undefined) return noAccount();
    if (defaultWorkspaceId && !account.workspaces.some((w) => w.id === defaultWorkspaceId)) {
      return invalid("This Workspace is not one of yours.");
    }
    if (timeZone && !isTimeZone(timeZone)) return invalid("There is no such time zone.");
    if (defaultWorkspaceId !== undefined) this.#account.pinDefaultWorkspace(defaultWorkspaceId);
    if (timeZone !== undefined) this.#account.setTimeZoneOverride(timeZone);
    this.record("account/preferences", null, {});
    return this.account();
  }

  #device(deviceId: string): RpcResult<DeviceView> {
    const device = this.#devices.get(deviceId);
    return device === undefined ? unknownDevice() : { ok: true, value: device };
  }

  /** Writes an event of the account into the record; `ids` holds ids and our own words only. */
  record(method: AccountEvent, deviceId: string | null, ids: Record<string, string>): void {
    this.#ledger.event({
      requestId: crypto.randomUUID(),
      deviceId,
      client: "account",
      protocol: null,
      method,
      tool: null,
      fields: [],
      ids,
      bytes_in: 0,
    });
  }
}

function noAccount(): { ok: false; error: { kind: "no_account"; message: string } } {
  return { ok: false, error: { kind: "no_account", message: "Sign in with ClickUp first." } };
}

function unknownDevice(): { ok: false; error: { kind: "device_unknown"; message: string } } {
  return { ok: false, error: { kind: "device_unknown", message: "There is no such device." } };
}

function invalid(message: string): { ok: false; error: { kind: "invalid"; message: string } } {
  return { ok: false, error: { kind: "invalid", message } };
}
