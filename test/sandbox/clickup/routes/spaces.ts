import { asObject, boolField, requiredName, textField } from "../input.ts";
import { spaceOf, workspaceOf } from "../lookup.ts";
import { renderSpace } from "../render-places.ts";
import type { Context, Route } from "../route.ts";
import { defaultFeatures, defaultStatuses } from "../space-defaults.ts";
import type { Space, SpaceFeatures } from "../types.ts";

const SPACE_BODY = { name: "string", multiple_assignees: "bool", features: "object" };

/** Lays the features sent over the present ones; unknown features are ignored. */
function withFeatures(present: SpaceFeatures, sent: unknown): SpaceFeatures {
  const merged = structuredClone(present);
  for (const [name, settings] of Object.entries(asObject(sent))) {
    const feature = merged[name];
    if (feature === undefined) continue;
    for (const [setting, value] of Object.entries(asObject(settings))) {
      if (typeof value === "boolean") feature[setting] = value;
    }
  }
  return merged;
}

function update(ctx: Context, space: Space): void {
  const { body } = ctx;
  space.name = body.name === undefined ? space.name : requiredName(body, "Space", "SPACE_002");
  space.color = textField(body, "color") ?? space.color;
  space.private = boolField(body, "private") ?? space.private;
  space.archived = boolField(body, "archived") ?? space.archived;
  space.admin_can_manage = boolField(body, "admin_can_manage") ?? space.admin_can_manage;
  space.multiple_assignees = boolField(body, "multiple_assignees") ?? space.multiple_assignees;
  space.features = withFeatures(space.features, body.features);
}

export const spaceRoutes: Route[] = [
  {
    operation: "GET /v2/team/{team_id}/space",
    query: { archived: "bool" },
    handler: (ctx) => {
      const workspace = workspaceOf(ctx);
      const archived = ctx.query.get("archived") === "true";
      const spaces = Object.values(ctx.state.data.spaces).filter(
        (space) => space.team_id === workspace.id && space.archived === archived,
      );
      return { spaces: spaces.map((space) => renderSpace(ctx.state, space)) };
    },
  },
  {
    operation: "POST /v2/team/{team_id}/space",
    body: SPACE_BODY,
    handler: (ctx) => {
      const workspace = workspaceOf(ctx);
      const id = ctx.state.newPlaceId("space");
      const space: Space = {
        id,
        team_id: workspace.id,
        name: requiredName(ctx.body, "Space", "SPACE_002"),
        color: null,
        private: false,
        archived: false,
        multiple_assignees: boolField(ctx.body, "multiple_assignees") ?? true,
        admin_can_manage: true,
        statuses: defaultStatuses(`p${id}`),
        features: withFeatures(defaultFeatures(), ctx.body.features),
        tags: [],
        custom_id_prefix: null,
        custom_id_next: 1,
      };
      ctx.state.data.spaces[id] = space;
      return renderSpace(ctx.state, space);
    },
  },
  {
    operation: "GET /v2/space/{space_id}",
    handler: (ctx) => renderSpace(ctx.state, spaceOf(ctx)),
  },
  {
    operation: "PUT /v2/space/{space_id}",
    // `archived` is not in the description; ClickUp applies it.
    body: {
      ...SPACE_BODY,
      color: "string|null",
      private: "bool",
      admin_can_manage: "bool",
      archived: "bool",
    },
    handler: (ctx) => {
      const space = spaceOf(ctx);
      update(ctx, space);
      return renderSpace(ctx.state, space);
    },
  },
  {
    operation: "DELETE /v2/space/{space_id}",
    handler: (ctx) => {
      ctx.state.deleteSpace(spaceOf(ctx).id);
      return {};
    },
  },
];
