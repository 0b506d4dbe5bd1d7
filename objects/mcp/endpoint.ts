import type { Grounds } from "./exchange.ts";
import type { SessionHub } from "./hub.ts";
import type { Listeners } from "./listen.ts";
import type { ModernLane } from "./modern.ts";

/** What serves the MCP endpoint of one user: every lane gets all of it. */
export interface Endpoint extends Grounds {
  modern: ModernLane;
  hub: SessionHub;
  listeners: Listeners;
}
