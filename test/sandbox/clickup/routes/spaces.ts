import { badRequest, ClickUpFault } from "../errors.ts";
import { asObject, boolField, requiredName, textField } from "../input.ts";
import { sees, spaceOf, workspaceOf } from "../lookup.ts";
import { renderSpace } from "../render-places.ts";
import type { Context, Route } from "../route.ts";
import { CLICKAPPS, newSpaceFeatures, newSpaceSettings, newSpaceStatuses } from "../space-defaults.ts";
import type { Space, SpaceFeatures } from "../types.ts";

const SPACE_BODY = { name: "string", multiple_assignees: "bool", features: "object" };

/** Lays the features sent over the present ones; unknown features are ignored. */
function withFeatures(present: SpaceFeatures, sent: unknown): SpaceFeatures {
  const merged = structuredClone(present);
  for (const [name, settings] of Object.entries(asObject(sent))) {
    if (!CLICKAPPS.includes(name)) continue;
    const feature = merged[name] ?? { enabled: false };
    for (const [setting, value] of Object.entries(asObject(settings))) {
      if (typeof value === "boolean") feature[setting] = value;
    }
    merged[name] = feature;
  }
  return merged;
}

const MAX_NAME_CHARS = 255;

/** Space names are unique in their Workspace, and neither empty nor too long. */
function nameFor(ctx: Context, teamId: string, present?: Space): string {
  const name = requiredName(ctx.body, "Space", "PROJ_060");
  if (name.length > MAX_NAME_CHARS) throw badRequest("Space name invalid", "PROJ_060");
  const taken = Object.values(ctx.state.data.spaces).some(
    (space) => space.team_id === teamId && space.name === name && space !== present,
  );
  if (taken) throw badRequest("Space with this name already exists", "PROJ_023");
  return name;
}

function update(ctx: Context, space: Space): void {
  const { body } = ctx;
  space.name = body.name === undefined ? space.name : nameFor(ctx, space.team_id, space);
  space.color = textField(body, "color") ?? space.color;
  space.private = boolField(body, "private") ?? space.private;
  space.archived = boolField(body, "archived") ?? space.archived;
  space.admin_can_manage = boolField(body, "admin_can_manage") ?? space.admin_can_manage;
  // Left out means off.
  space.multiple_assignees = boolField(body, "multiple_assignees") ?? false;
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
        (space) => space.team_id === workspace.id && space.archived === archived && sees(ctx, space),
      );
      return { spaces: spaces.map((space) => renderSpace(ctx.state, space)) };
    },
  },
  {
    operation: "POST /v2/team/{team_id}/space",
    body: SPACE_BODY,
    handler: (ctx) => {
      const team = ctx.params.team_id ?? "";
      if (!ctx.reach.has(team)) throw new ClickUpFault(401, "Team not authorized", "OAUTH_057");
      const workspace = workspaceOf(ctx);
      const name = nameFor(ctx, workspace.id);
      const id = ctx.state.newPlaceId("space");
      const space: Space = {
        id,
        team_id: workspace.id,
        name,
        color: null,
        private: false,
        archived: false,
        multiple_assignees: boolField(ctx.body, "multiple_assignees") ?? false,
        admin_can_manage: null,
        statuses: newSpaceStatuses(`p${id}`),
        features: withFeatures(newSpaceFeatures(), ctx.body.features),
        settings: newSpaceSettings(),
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
