/** Workspaces and the people in them (GET /v2/team). ClickUp's API calls a Workspace "team". */
import type { ClickUpClient } from "./client.ts";
import { items, present, record, text, words } from "./lenient.ts";
import type { Json } from "./lenient.ts";

export interface Person {
  id: string;
  username: string;
  email?: string;
  /** Only of members of a Workspace: owner, admin, member or guest. */
  role?: string;
}

/** ClickUp numbers roles; custom roles carry the number of the one they refine. */
const ROLES: Record<string, string> = { "1": "owner", "2": "admin", "3": "member", "4": "guest" };

export interface WorkspaceRecord {
  id: string;
  name: string;
  members: Person[];
}

export function readPerson(json: Json): Person | undefined {
  const id = text(json["id"]);
  if (id === undefined) {
    return undefined;
  }
  // Invited people have no name yet; their e-mail is what others see.
  const email = words(json["email"]);
  return { id, username: words(json["username"]) ?? email ?? id, ...present("email", email) };
}

function readMember(json: Json): Person | undefined {
  const person = readPerson(json);
  return person === undefined
    ? undefined
    : { ...person, ...present("role", ROLES[text(json["role"]) ?? ""]) };
}

export async function getWorkspaces(clickup: ClickUpClient): Promise<WorkspaceRecord[]> {
  const answer = await clickup.request<Json>({ method: "GET", path: "/v2/team" });
  return items(record(answer)["teams"], (team) => {
    const id = text(team["id"]);
    if (id === undefined) {
      return undefined;
    }
    const members = items(team["members"], (member) => readMember(record(member["user"])));
    return { id, name: text(team["name"]) ?? "", members };
  });
}
