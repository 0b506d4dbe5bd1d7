import type { SandboxState } from "./state.ts";
import type { User, Workspace } from "./types.ts";

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
export function renderWorkspace(state: SandboxState, workspace: Workspace) {
  return {
    id: workspace.id,
    name: workspace.name,
    color: workspace.color,
    avatar: workspace.avatar,
    members: workspace.members.map((member) => ({
      user: {
        ...person(state, member.user),
        role: member.role,
        custom_role: null,
        last_active: String(member.date_joined),
        date_joined: String(member.date_joined),
        date_invited: String(member.date_invited),
      },
      ...(member.invited_by === null ? {} : { invited_by: person(state, member.invited_by) }),
      ...(member.role === 4
        ? {
            can_see_time_spent: false,
            can_see_time_estimated: false,
            can_edit_tags: false,
            can_create_views: true,
          }
        : {}),
    })),
    roles: [
      { id: 1, name: "owner", custom: false },
      { id: 2, name: "admin", custom: false },
      { id: 3, name: "member", custom: false },
      { id: 4, name: "guest", custom: false },
    ],
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
      viewed_verified_ambassador: null,
      viewed_verified_consultant: null,
      viewed_top_tier_user: null,
    },
  };
}
