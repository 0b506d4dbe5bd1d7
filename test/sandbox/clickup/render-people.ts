import type { SandboxState } from "./state.ts";
import type { Membership, User, Workspace } from "./types.ts";

/** A person as ClickUp embeds one in tasks, comments and lists. */
export function person(state: SandboxState, id: number) {
  const { username, email, color, initials, profilePicture } = state.user(id);
  return { id, username, color, initials, email, profilePicture };
}

export function personOrNull(state: SandboxState, id: number | null) {
  return id === null ? null : person(state, id);
}

/** GET /v2/user. `timezone` carries the IANA name. */
export function profile(user: User) {
  return {
    id: user.id,
    username: user.username,
    email: user.email,
    color: user.color,
    profilePicture: user.profilePicture,
    initials: user.initials,
    week_start_day: user.week_start_day,
    global_font_support: true,
    timezone: user.timezone,
  };
}

/** One Workspace of GET /v2/team, with its people. */
export function renderWorkspace(state: SandboxState, workspace: Workspace, withRoles = false) {
  return {
    id: workspace.id,
    name: workspace.name,
    color: workspace.color,
    avatar: workspace.avatar,
    members: workspace.members.map((member) => ({
      ...renderMembership(state, member, workspace.id),
      ...(withRoles ? state.data.guest_rights[`${workspace.id}:${member.user}`] : {}),
    })),
    // Only the answers to an invitation carry the roles.
    ...(withRoles
      ? {
          roles: [
            { id: 1, name: "owner", custom: false },
            { id: 2, name: "admin", custom: false },
            { id: 3, name: "member", custom: false },
            { id: 4, name: "guest", custom: false },
            ...Object.values(state.data.custom_roles)
              .filter((role) => role.team_id === workspace.id)
              .map(({ id, name, inherited_role }) => ({ id, name, custom: true, inherited_role })),
          ],
        }
      : {}),
  };
}

const ROLE_KEYS = { 1: "owner", 2: "admin", 3: "member", 4: "guest" };

/** A person in a Workspace, and who invited them; who has not joined is known by the address alone. */
export function renderMembership(state: SandboxState, member: Membership, teamId: string) {
  const joined = member.date_joined === null ? null : String(member.date_joined);
  const role = state.data.custom_roles[String(member.custom_role ?? "")];
  const inviter = member.invited_by;
  return {
    user: {
      ...person(state, member.user),
      role: member.role,
      role_subtype: 0,
      role_key: ROLE_KEYS[member.role],
      custom_role: role === undefined || role.team_id !== teamId ? null : { id: role.id, name: role.name },
      last_active: joined,
      date_joined: joined,
      date_invited: String(member.date_invited),
    },
    ...(inviter === null
      ? {}
      : joined === null
        ? { invited_by: { ...person(state, inviter), banned_date: null, status: "invited" } }
        : { invited_by: person(state, inviter) }),
  };
}

/** People of a list or task (GET …/member). */
export function renderMember(state: SandboxState, id: number) {
  return {
    ...person(state, id),
    profileInfo: {
      display_profile: null,
      verified_ambassador: null,
      verified_consultant: null,
      top_tier_user: null,
      ai_expert: null,
      viewed_ai_expert: null,
      viewed_verified_ambassador: null,
      viewed_verified_consultant: null,
      viewed_top_tier_user: null,
    },
  };
}
