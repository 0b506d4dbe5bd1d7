import { badRequest, ClickUpFault, notAuthorized } from "../errors.ts";
import { boolField, idList, requiredName, textField } from "../input.ts";
import { folderOf, listOf, taskOf, workspaceOf } from "../lookup.ts";
import { person, renderMembership, renderWorkspace } from "../render-people.ts";
import { renderFolder, renderListFull } from "../render-places.ts";
import { renderTask } from "../render-task.ts";
import type { Context, Route } from "../route.ts";
import { CUSTOM_ID_QUERY } from "../route.ts";
import type { Membership, UserGroup, Workspace } from "../types.ts";
import type { GuestRights, Share } from "../collaboration/types.ts";

/** Users, guests, groups, roles and what is shared with one person. Most of it asks for the Enterprise plan. */

const RIGHTS: GuestRights = {
  can_edit_tags: true,
  can_see_time_spent: true,
  can_see_time_estimated: true,
  can_create_views: true,
  can_see_points_estimated: true,
};
const RIGHTS_BODY = Object.fromEntries(Object.keys(RIGHTS).map((name) => [name, "bool"]));

function enterprise(ctx: Context, workspace = workspaceOf(ctx)): Workspace {
  if (!workspace.plan.plan_name.startsWith("Enterprise"))
    throw new ClickUpFault(403, "Team must be on enterprise plan", "TEAM_110");
  return workspace;
}

function membershipOf(ctx: Context, workspace: Workspace, guest: boolean): Membership {
  const id = Number(guest ? ctx.params.guest_id : ctx.params.user_id);
  const found = workspace.members.find((member) => member.user === id);
  if (found === undefined || (found.role === 4) !== guest) throw notAuthorized();
  return found;
}

/** Makes the person and the invitation; who has not joined has an address and nothing else. */
function invite(ctx: Context, workspace: Workspace, role: 2 | 3 | 4): void {
  const email = textField(ctx.body, "email");
  if (email === undefined || !email.includes("@")) throw badRequest("Email invalid", "TEAM_034");
  let user = ctx.state.userByEmail(email);
  if (user === undefined) {
    user = {
      id: 82_000_000 + ctx.state.next("user"),
      username: null,
      email,
      color: null,
      initials: (email[0] ?? "?").toUpperCase(),
      profilePicture: null,
      timezone: "Etc/UTC",
      week_start_day: 1,
    };
    ctx.state.data.users[String(user.id)] = user;
  }
  if (workspace.members.some((member) => member.user === user.id))
    throw badRequest("User already on the team", "TEAM_035");
  workspace.members.push({
    user: user.id,
    role,
    date_joined: null,
    date_invited: ctx.now_ms,
    invited_by: ctx.user.id,
    custom_role: typeof ctx.body.custom_role_id === "number" ? ctx.body.custom_role_id : null,
  });
  if (role === 4) setRights(ctx, workspace.id, user.id);
}

function setRights(ctx: Context, team: string, user: number): GuestRights {
  const key = `${team}:${user}`;
  const rights = { ...(ctx.state.data.guest_rights[key] ?? RIGHTS) };
  for (const name of Object.keys(RIGHTS) as (keyof GuestRights)[])
    rights[name] = boolField(ctx.body, name) ?? rights[name];
  ctx.state.data.guest_rights[key] = rights;
  return rights;
}

const sharesOf = (ctx: Context, user: number, team: string): Share[] =>
  ctx.state.data.shares.filter((share) => share.user === user && teamOfShare(ctx, share) === team);

function teamOfShare(ctx: Context, { kind, id }: Share): string | undefined {
  const { tasks, lists, folders } = ctx.state.data;
  if (kind === "task") return tasks[id]?.team_id;
  const space = (kind === "list" ? lists[id] : folders[id])?.space_id;
  return space === undefined ? undefined : ctx.state.space(space).team_id;
}

/** What is shared with a person, whole. */
function shared(ctx: Context, user: number, team: string) {
  const of = (kind: Share["kind"]) => sharesOf(ctx, user, team).filter((share) => share.kind === kind);
  return {
    tasks: of("task").map((share) => ({
      ...renderTask(ctx.state, ctx.state.task(share.id), { markdown: false }),
      permission_level: share.permission_level,
    })),
    lists: of("list").map((share) => {
      const list = renderListFull(ctx.state, ctx.state.list(share.id), ctx.user.id);
      return {
        status: null,
        ...list,
        task_count: String(list.task_count),
        permission_level: share.permission_level,
      };
    }),
    folders: of("folder").map((share) => ({
      ...renderFolder(ctx.state, ctx.state.folder(share.id)),
      content: null,
      due_date: null,
      permission_level: share.permission_level,
    })),
  };
}

function renderGuest(ctx: Context, workspace: Workspace, membership: Membership) {
  const rights = ctx.state.data.guest_rights[`${workspace.id}:${membership.user}`] ?? RIGHTS;
  return {
    guest: {
      ...renderMembership(ctx.state, membership, workspace.id),
      ...rights,
      shared: shared(ctx, membership.user, workspace.id),
    },
  };
}

function renderGroup(ctx: Context, group: UserGroup) {
  return {
    id: group.id,
    team_id: group.team_id,
    userid: group.userid,
    name: group.name,
    handle: group.handle,
    date_created: String(group.date_created),
    initials: group.name.slice(0, 2).toUpperCase(),
    members: group.members.map((id) => person(ctx.state, id)),
    avatar: { attachment_id: null, color: null, source: null, icon: null },
  };
}

function groupOf(ctx: Context): UserGroup {
  const id = ctx.params.group_id ?? "";
  if (!/^[0-9a-f-]{36}$/i.test(id))
    throw new ClickUpFault(500, "Invalid input syntax for type uuid", "GROUP_HELPERS_001");
  const group = ctx.state.data.groups[id];
  if (group === undefined || !ctx.reach.has(group.team_id)) throw notAuthorized();
  return group;
}

/** A share of a task, List or Folder with a guest: added and taken back. */
function sharing(
  path: string,
  kind: Share["kind"],
  find: (ctx: Context) => { id: string; team: string },
  query: Route["query"],
): Route[] {
  const guestIn = (ctx: Context, team: string) => {
    const workspace = enterprise(ctx, ctx.state.workspace(team));
    return { workspace, membership: membershipOf(ctx, workspace, true) };
  };
  const drop = (ctx: Context, id: string, user: number) => {
    ctx.state.data.shares = ctx.state.data.shares.filter(
      (share) => !(share.kind === kind && share.id === id && share.user === user),
    );
  };
  return [
    {
      operation: `POST ${path}/guest/{guest_id}`,
      query: { ...query, include_shared: "bool" },
      body: { permission_level: "string" },
      handler: (ctx) => {
        const { id, team } = find(ctx);
        const { workspace, membership } = guestIn(ctx, team);
        const level = textField(ctx.body, "permission_level") ?? "";
        if (!["read", "comment", "edit", "create"].includes(level))
          throw badRequest("Permission level invalid", "GUEST_014");
        drop(ctx, id, membership.user);
        ctx.state.data.shares.push({ user: membership.user, kind, id, permission_level: level });
        return renderGuest(ctx, workspace, membership);
      },
    },
    {
      operation: `DELETE ${path}/guest/{guest_id}`,
      query: { ...query, include_shared: "bool" },
      handler: (ctx) => {
        const { id, team } = find(ctx);
        const { workspace, membership } = guestIn(ctx, team);
        drop(ctx, id, membership.user);
        return renderGuest(ctx, workspace, membership);
      },
    },
  ];
}

const teamOfSpace = (ctx: Context, space: string) => ctx.state.space(space).team_id;

export const accountRoutes: Route[] = [
  {
    operation: "POST /v2/team/{team_id}/user",
    body: { email: "string", admin: "bool", custom_role_id: "int" },
    handler: (ctx) => {
      const workspace = enterprise(ctx);
      invite(ctx, workspace, ctx.body.admin === true ? 2 : 3);
      return { team: renderWorkspace(ctx.state, workspace, true) };
    },
  },
  {
    operation: "GET /v2/team/{team_id}/user/{user_id}",
    query: { include_shared: "bool" },
    handler: (ctx) => {
      const workspace = enterprise(ctx);
      const membership = membershipOf(ctx, workspace, false);
      return {
        member: {
          ...renderMembership(ctx.state, membership, workspace.id),
          shared: shared(ctx, membership.user, workspace.id),
        },
      };
    },
  },
  {
    operation: "PUT /v2/team/{team_id}/user/{user_id}",
    body: { username: "string", admin: "bool", custom_role_id: "int" },
    handler: (ctx) => {
      const workspace = enterprise(ctx);
      const membership = membershipOf(ctx, workspace, false);
      const user = ctx.state.user(membership.user);
      user.username = textField(ctx.body, "username") ?? user.username;
      const admin = boolField(ctx.body, "admin");
      if (admin !== undefined) membership.role = admin ? 2 : 3;
      if (typeof ctx.body.custom_role_id === "number") membership.custom_role = ctx.body.custom_role_id;
      return {
        member: {
          ...renderMembership(ctx.state, membership, workspace.id),
          shared: shared(ctx, membership.user, workspace.id),
        },
      };
    },
  },
  {
    operation: "DELETE /v2/team/{team_id}/user/{user_id}",
    handler: (ctx) => {
      const workspace = enterprise(ctx);
      const membership = membershipOf(ctx, workspace, false);
      workspace.members.splice(workspace.members.indexOf(membership), 1);
      return { team: renderWorkspace(ctx.state, workspace, true) };
    },
  },
  {
    // Inviting a guest is the one of these that other plans have too.
    operation: "POST /v2/team/{team_id}/guest",
    body: { email: "string", ...RIGHTS_BODY, custom_role_id: "int" },
    handler: (ctx) => {
      const workspace = workspaceOf(ctx);
      invite(ctx, workspace, 4);
      return { team: renderWorkspace(ctx.state, workspace, true) };
    },
  },
  {
    operation: "GET /v2/team/{team_id}/guest/{guest_id}",
    handler: (ctx) => {
      const workspace = enterprise(ctx);
      return renderGuest(ctx, workspace, membershipOf(ctx, workspace, true));
    },
  },
  {
    operation: "PUT /v2/team/{team_id}/guest/{guest_id}",
    body: { ...RIGHTS_BODY, custom_role_id: "int" },
    handler: (ctx) => {
      const workspace = enterprise(ctx);
      const membership = membershipOf(ctx, workspace, true);
      setRights(ctx, workspace.id, membership.user);
      if (typeof ctx.body.custom_role_id === "number") membership.custom_role = ctx.body.custom_role_id;
      return renderGuest(ctx, workspace, membership);
    },
  },
  {
    operation: "DELETE /v2/team/{team_id}/guest/{guest_id}",
    handler: (ctx) => {
      const workspace = enterprise(ctx);
      const membership = membershipOf(ctx, workspace, true);
      workspace.members.splice(workspace.members.indexOf(membership), 1);
      ctx.state.data.shares = ctx.state.data.shares.filter((share) => share.user !== membership.user);
      return { team: renderWorkspace(ctx.state, workspace, true) };
    },
  },
  ...sharing(
    "/v2/task/{task_id}",
    "task",
    (ctx) => ({ id: taskOf(ctx).id, team: taskOf(ctx).team_id }),
    CUSTOM_ID_QUERY,
  ),
  ...sharing(
    "/v2/list/{list_id}",
    "list",
    (ctx) => ({ id: listOf(ctx).id, team: teamOfSpace(ctx, listOf(ctx).space_id) }),
    {},
  ),
  ...sharing(
    "/v2/folder/{folder_id}",
    "folder",
    (ctx) => ({ id: folderOf(ctx).id, team: teamOfSpace(ctx, folderOf(ctx).space_id) }),
    {},
  ),
  {
    operation: "GET /v2/team/{team_id}/shared",
    handler: (ctx) => ({ shared: shared(ctx, ctx.user.id, workspaceOf(ctx).id) }),
  },
  {
    operation: "GET /v2/team/{team_id}/customroles",
    query: { include_members: "bool" },
    handler: (ctx) => {
      const workspace = workspaceOf(ctx);
      const members = ctx.query.get("include_members") === "true";
      const roles = Object.values(ctx.state.data.custom_roles).filter(
        (role) => role.team_id === workspace.id,
      );
      return {
        custom_roles: roles.map(({ members: holders, date_created, ...role }) => ({
          ...role,
          date_created: String(date_created),
          ...(members ? { members: holders } : {}),
        })),
      };
    },
  },
  {
    operation: "GET /v2/group",
    query: { team_id: "int", group_ids: "string", "group_ids[]": "list" },
    handler: (ctx) => {
      const teamId = ctx.query.get("team_id");
      if (teamId === null) throw notAuthorized();
      workspaceOf(ctx, teamId);
      const wanted = [...ctx.query.getAll("group_ids[]"), ...(ctx.query.get("group_ids")?.split(",") ?? [])];
      const groups = Object.values(ctx.state.data.groups).filter(
        (group) => group.team_id === teamId && (wanted.length === 0 || wanted.includes(group.id)),
      );
      return { groups: groups.map((group) => renderGroup(ctx, group)) };
    },
  },
  {
    operation: "POST /v2/team/{team_id}/group",
    body: { name: "string", handle: "string", members: "ints" },
    handler: (ctx) => {
      const workspace = workspaceOf(ctx);
      const name = requiredName(ctx.body, "Group", "GROUP_001");
      const group: UserGroup = {
        id: ctx.state.newUuid(),
        team_id: workspace.id,
        userid: ctx.user.id,
        name,
        handle: textField(ctx.body, "handle") ?? name.toLowerCase().replaceAll(/\W/g, ""),
        date_created: ctx.now_ms,
        members: idList(ctx.body.members).filter((id) => ctx.state.isMember(workspace.id, id)),
      };
      ctx.state.data.groups[group.id] = group;
      return renderGroup(ctx, group);
    },
  },
  {
    operation: "PUT /v2/group/{group_id}",
    body: { name: "string", handle: "string", members: "object" },
    handler: (ctx) => {
      const group = groupOf(ctx);
      group.name = textField(ctx.body, "name") ?? group.name;
      group.handle = textField(ctx.body, "handle") ?? group.handle;
      const { add, rem } = (ctx.body.members ?? {}) as { add?: unknown; rem?: unknown };
      const removed = idList(rem);
      group.members = [...new Set([...group.members, ...idList(add)])].filter(
        (id) => ctx.state.isMember(group.team_id, id) && !removed.includes(id),
      );
      return renderGroup(ctx, group);
    },
  },
  {
    operation: "DELETE /v2/group/{group_id}",
    handler: (ctx) => {
      delete ctx.state.data.groups[groupOf(ctx).id];
      return {};
    },
  },
];
