import type { Grant } from "../../tools/define.ts";
import { KEEP_ENDED_DEVICE_MS } from "../limits.ts";
import type { DeviceView, NewDevice, Via } from "../rpc/views.ts";

type Row = {
  device_id: string;
  via: Via;
  client_id: string;
  client_name: string;
  choices: string;
  issued_access: Grant["access"] | null;
  created_ms: number;
  expires_ms: number | null;
  last_seen_ms: number | null;
  revoked_ms: number | null;
};

/** Table `devices`: every OAuth grant and issued JWT of the user, what it may do, and whether it still may. */
export class DeviceStore {
  readonly #sql: SqlStorage;
  /** Rows as last read: every request looks its device up. Only this store writes the table; a write forgets them. */
  readonly #read = new Map<string, DeviceView>();

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  add(device: NewDevice, now_ms: number): void {
    this.#read.clear();
    this.#sql.exec(
      `INSERT INTO devices (device_id, via, client_id, client_name, choices, issued_access, created_ms, expires_ms)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      device.deviceId,
      device.via,
      device.clientId,
      device.clientName,
      JSON.stringify(device.grant),
      device.grant.access,
      now_ms,
      device.expires_ms,
    );
  }

  get(deviceId: string): DeviceView | undefined {
    const known = this.#read.get(deviceId);
    if (known !== undefined) return known;
    const row = this.#sql.exec<Row>("SELECT * FROM devices WHERE device_id = ?", deviceId).toArray()[0];
    if (row === undefined) return undefined;
    const read = view(row);
    this.#read.set(deviceId, read);
    return read;
  }

  /** Most recently used first. */
  list(): DeviceView[] {
    return this.#sql
      .exec<Row>("SELECT * FROM devices ORDER BY coalesce(last_seen_ms, created_ms) DESC, device_id")
      .toArray()
      .map(view);
  }

  /** @returns true when the device existed and was not revoked before */
  revoke(deviceId: string, now_ms: number): boolean {
    this.#read.clear();
    return (
      this.#sql
        .exec<{ device_id: string }>(
          "UPDATE devices SET revoked_ms = ? WHERE device_id = ? AND revoked_ms IS NULL RETURNING device_id",
          now_ms,
          deviceId,
        )
        .toArray().length > 0
    );
  }

  /** Replaces what the device may do and until when. */
  change(deviceId: string, grant: Grant, expires_ms: number | null): void {
    this.#read.clear();
    this.#sql.exec(
      "UPDATE devices SET choices = ?, expires_ms = ? WHERE device_id = ?",
      JSON.stringify(grant),
      expires_ms,
      deviceId,
    );
  }

  seen(deviceId: string, now_ms: number): void {
    this.#read.clear();
    this.#sql.exec("UPDATE devices SET last_seen_ms = ? WHERE device_id = ?", now_ms, deviceId);
  }

  /** Removes devices that ended long ago, so the table does not grow for ever. */
  prune(now_ms: number): void {
    this.#read.clear();
    this.#sql.exec(
      "DELETE FROM devices WHERE coalesce(revoked_ms, expires_ms) < ?",
      now_ms - KEEP_ENDED_DEVICE_MS,
    );
  }
}

/** True while the device may be used. */
export function isActive(device: DeviceView, now_ms: number): boolean {
  return device.revoked_ms === null && (device.expires_ms === null || device.expires_ms > now_ms);
}

function view(row: Row): DeviceView {
  const grant = JSON.parse(row.choices) as Grant;
  return {
    deviceId: row.device_id,
    via: row.via,
    clientId: row.client_id,
    clientName: row.client_name,
    grant,
    issuedAccess: row.issued_access ?? grant.access,
    created_ms: row.created_ms,
    expires_ms: row.expires_ms,
    last_seen_ms: row.last_seen_ms,
    revoked_ms: row.revoked_ms,
  };
}
