import { SANDBOX } from "./facts.ts";
import type { SandboxState } from "./state.ts";
import type { Role, User, Workspace } from "./types.ts";

const DAY_MS = 86_400_000;
const { users, workspaces, tokens, groups } = SANDBOX;

const PEOPLE: [number, string, string, string, string][] = [
  [users.alice, "Alice Andersson", "alice@northwind.test", "#7b68ee", "Europe/Stockholm"],
  [users.bob, "Bob Builder", "bob@bobcorp.test", "#ff7fab", "America/New_York"],
  [users.carol, "Carol Castañeda", "carol@northwind.test", "#0ab4ff", "Europe/Madrid"],
  [users.dan, "Dan O'Neil", "dan@northwind.test", "#e16b16", "Europe/Dublin"],
  [users.eve, "Eve Okafor", "eve@northwind.test", "#08c7e0", "Africa/Lagos"],
  [users.frank, "Frank Müller", "frank@northwind.test", "#595d66", "Europe/Berlin"],
  [users.grace, "Grace Hopper-Lee", "grace@northwind.test", "#b388ff", "Asia/Singapore"],
  [users.heidi, "Heidi Guest", "heidi@client.test", "#2ecd6f", "Europe/Zurich"],
];

function initials(name: string): string {
  const words = name.split(/[\s-]+/);
  return `${words[0]?.[0] ?? ""}${words.at(-1)?.[0] ?? ""}`;
}

function workspace(id: string, name: string, people: [number, Role][], now_ms: number): Workspace {
  const owner = people[0]?.[0] ?? null;
  return {
    id,
    name,
    color: "#536cfe",
    avatar: null,
    members: people.map(([user, role], index) => ({
      user,
      role,
      date_joined: now_ms - (300 - index) * DAY_MS,
      date_invited: now_ms - (301 - index) * DAY_MS,
      invited_by: index === 0 ? null : owner,
    })),
    plan: { plan_id: 3, plan_name: "Business" },
    multiple_lists: false,
    custom_items: [
      { id: 1, name: "Milestone", name_plural: "Milestones", description: "A point in the plan" },
      { id: 1300, name: "Bug", name_plural: "Bugs", description: "Something that does not work" },
      { id: 1301, name: "Feature", name_plural: "Features", description: "Something new" },
    ],
  };
}

/** Users, the three Workspaces, a user group and the personal tokens. */
export function seedPeople(state: SandboxState, now_ms: number): void {
  const { data } = state;
  for (const [id, username, email, color, timezone] of PEOPLE) {
    const user: User = {
      id,
      username,
      email,
      color,
      initials: initials(username),
      profilePicture:
        id % 2 === 0 ? null : `https://attachments.clickup.com/profilePictures/${id}_sandbox.jpg`,
      timezone,
      week_start_day: 1,
    };
    data.users[String(id)] = user;
  }
  data.workspaces[workspaces.northwind] = workspace(
    workspaces.northwind,
    "Northwind Labs",
    [
      [users.alice, 1],
      [users.carol, 2],
      [users.dan, 3],
      [users.eve, 3],
      [users.frank, 3],
      [users.grace, 3],
      [users.heidi, 4],
    ],
    now_ms,
  );
  const side = workspace(
    workspaces.side,
    "Side Project",
    [
      [users.alice, 1],
      [users.dan, 3],
    ],
    now_ms,
  );
  data.workspaces[side.id] = {
    ...side,
    multiple_lists: true,
    plan: { plan_id: 1, plan_name: "Free Forever" },
  };
  data.workspaces[workspaces.bobcorp] = workspace(workspaces.bobcorp, "Bobcorp", [[users.bob, 1]], now_ms);
  data.groups[groups.engineers] = {
    id: groups.engineers,
    team_id: workspaces.northwind,
    userid: users.alice,
    name: "Engineers",
    handle: "engineers",
    date_created: now_ms - 200 * DAY_MS,
    members: [users.dan, users.eve, users.frank],
  };
  seedTemplatesAndRoles(state, now_ms);
  for (const [name, token] of Object.entries(tokens)) {
    const user = users[name as keyof typeof tokens];
    data.tokens[token] = { token, kind: "personal", user, workspaces: null, revoked: false };
  }
}

/** Neither can be made over the API. */
function seedTemplatesAndRoles({ data }: SandboxState, now_ms: number): void {
  const team_id = workspaces.northwind;
  for (const [kind, id, name] of [
    ["task", "t-86c000001", "Bug report"],
    ["list", "t-15363293", "Sprint"],
    ["folder", "t-7162342", "Client project"],
  ] as const)
    data.templates[id] = { id, team_id, kind, name };
  for (const [id, name, inherited_role] of [
    [4_570_635, "Reviewer", 2],
    [4_570_636, "Client", 4],
    [4_570_637, "Contractor", 3],
  ] as const)
    data.custom_roles[String(id)] = {
      id,
      team_id,
      name,
      inherited_role,
      date_created: now_ms - 100 * DAY_MS,
      members: [],
    };
}
