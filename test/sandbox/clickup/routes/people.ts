import { listOf, taskOf, workspaceOf } from "../lookup.ts";
import { profile, renderMember, renderWorkspace } from "../render-people.ts";
import type { Route } from "../route.ts";
import { CUSTOM_ID_QUERY } from "../route.ts";

/** Who is signed in, the Workspaces, and their people. */
export const peopleRoutes: Route[] = [
  {
    operation: "GET /v2/user",
    handler: (ctx) => ({ user: profile(ctx.user) }),
  },
  {
    operation: "GET /v2/team",
    handler: (ctx) => ({
      teams: [...ctx.reach].map((id) => renderWorkspace(ctx.state, ctx.state.workspace(id))),
    }),
  },
  {
    operation: "GET /v2/team/{team_id}/plan",
    handler: (ctx) => workspaceOf(ctx).plan,
  },
  {
    operation: "GET /v2/team/{team_id}/seats",
    handler: (ctx) => {
      const { members } = workspaceOf(ctx);
      const guests = members.filter((member) => member.role === 4).length;
      return {
        members: {
          filled_members_seats: members.length - guests,
          total_member_seats: 20,
          empty_member_seats: 20 - members.length + guests,
        },
        guests: { filled_guest_seats: guests, total_guest_seats: 50, empty_guest_seats: 50 - guests },
      };
    },
  },
  {
    operation: "GET /v2/team/{team_id}/custom_item",
    handler: (ctx) => ({ custom_items: workspaceOf(ctx).custom_items }),
  },
  {
    operation: "GET /v2/list/{list_id}/member",
    handler: (ctx) => {
      const { team_id } = ctx.state.space(listOf(ctx).space_id);
      return { members: ctx.state.memberIds(team_id).map((id) => renderMember(ctx.state, id)) };
    },
  },
  {
    operation: "GET /v2/task/{task_id}/member",
    query: CUSTOM_ID_QUERY,
    handler: (ctx) => {
      const task = taskOf(ctx);
      return { members: ctx.state.memberIds(task.team_id).map((id) => renderMember(ctx.state, id)) };
    },
  },
];
