import type { EventRecord } from "../data.ts";
import { LIST_PARAMS, listPage } from "../list.ts";
import { flag, listOf, text } from "../params.ts";
import type { Context, Route } from "../route.ts";
import type { World } from "../world.ts";

/** Whether every endpoint that should have got the event has got it. */
function delivered(world: World, event: EventRecord): boolean {
  return Object.values(world.data.deliveries).every(
    (delivery) => delivery.event !== event.id || delivery.status === "succeeded",
  );
}

function list({ world, params }: Context) {
  const type = text(params, "type");
  const types = listOf<string>(params, "types");
  const success = flag(params, "delivery_success");
  const rows = world
    .rows("events")
    .filter(
      (event) =>
        (type === undefined || matchesType(event.type, type)) &&
        (types?.includes(event.type) ?? true) &&
        (success === undefined || delivered(world, event) === success),
    );
  return listPage(rows, params, "/v1/events");
}

/** `type` may end in `.*`. */
function matchesType(type: string, wanted: string): boolean {
  return wanted.endsWith("*") ? type.startsWith(wanted.slice(0, -1)) : type === wanted;
}

export const eventRoutes: Route[] = [
  {
    operation: "GET /v1/events",
    params: { ...LIST_PARAMS, delivery_success: "bool", type: "string", types: ["string"] },
    handler: list,
  },
  {
    operation: "GET /v1/events/{event}",
    handler: ({ world, path }) => world.get("events", path.event ?? "", "id", 404),
  },
  {
    operation: "GET /v2/core/events/{event}",
    handler: ({ world, path }) => world.get("thin_events", path.event ?? "", "id", 404),
  },
];
