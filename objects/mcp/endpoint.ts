import type { Grounds } from "./exchange.ts";
import type { SessionHub } from "./hub.ts";
import type { Change, Listeners } from "./listen.ts";
import type { LongCalls } from "./long-calls.ts";
import type { ModernLane } from "./modern.ts";

/** What serves the MCP endpoint of one user: every lane gets all of it. */
export interface Endpoint extends Grounds {
  modern: ModernLane;
  hub: SessionHub;
  listeners: Listeners;
  longCalls: LongCalls;
}

/** Tells every stream and session that asked for such changes. */
export async function notify({ listeners, hub }: Endpoint, change: Change): Promise<void> {
  listeners.notify(change);
  await hub.notifyAll(change);
}

/** The one end of a device, whatever ended it: its sessions, streams, long calls and running calls. */
export function endDevice({ hub, listeners, longCalls, running }: Endpoint, deviceId: string): void {
  hub.endDevice(deviceId);
  listeners.endDevice(deviceId);
  longCalls.endDevice(deviceId);
  running.endDevice(deviceId);
}
