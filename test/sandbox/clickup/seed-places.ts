import { SANDBOX } from "./facts.ts";
import { defaultFeatures, defaultStatuses, statusSet } from "./space-defaults.ts";
import type { SandboxState } from "./state.ts";
import type { Folder, List, Space, Status, Tag } from "./types.ts";

const { spaces, folders, lists, workspaces, users } = SANDBOX;

function tags(names: string[]): Tag[] {
  const colors = ["#e50000", "#1090e0", "#04a9f4", "#f8306d", "#5b5b66"];
  return names.map((name, index) => {
    const color = colors[index % colors.length] ?? "#1090e0";
    return { name, tag_fg: color, tag_bg: color, creator: users.alice };
  });
}

function space(id: string, team_id: string, name: string, more: Partial<Space> = {}): Space {
  return {
    id,
    team_id,
    name,
    color: "#7b68ee",
    private: false,
    archived: false,
    multiple_assignees: true,
    admin_can_manage: true,
    statuses: defaultStatuses(`p${id}`),
    features: defaultFeatures(),
    tags: [],
    custom_id_prefix: null,
    custom_id_next: 1,
    ...more,
  };
}

/** Statuses of Product: every type that ClickUp has. */
function productStatuses(): Status[] {
  return statusSet(`p${spaces.product}`, [
    ["backlog", "open", "#87909e"],
    ["in progress", "custom", "#5f55ee"],
    ["in review", "custom", "#f8ae00"],
    ["shipped", "done", "#1090e0"],
    ["closed", "closed", "#008844"],
  ]);
}

function seedSpaces(state: SandboxState): void {
  const all = [
    space(spaces.product, workspaces.northwind, "Product", {
      statuses: productStatuses(),
      tags: tags(["bug", "feature", "tech debt", "needs review", "c++ / rust"]),
      custom_id_prefix: "DEV",
    }),
    space(spaces.marketing, workspaces.northwind, "Marketing", {
      tags: tags(["social", "blog", "été", "q1 2026"]),
    }),
    space(spaces.operations, workspaces.northwind, "Operations", {
      private: true,
      multiple_assignees: false,
      tags: tags(["finance", "people"]),
    }),
    space(spaces.legacy, workspaces.northwind, "Legacy", { archived: true }),
    space(spaces.side, workspaces.side, "Home", { tags: tags(["weekend"]) }),
    space(spaces.bob, workspaces.bobcorp, "Bob's space", { tags: tags(["secret"]) }),
  ];
  for (const one of all) state.data.spaces[one.id] = one;
}

function folder(
  state: SandboxState,
  id: string,
  space_id: string,
  name: string,
  more: Partial<Folder> = {},
): void {
  const orderindex = Object.keys(state.data.folders).length;
  state.data.folders[id] = {
    id,
    space_id,
    name,
    orderindex,
    hidden: false,
    archived: false,
    parent_folder: null,
    ...more,
  };
}

function list(
  state: SandboxState,
  id: string,
  at: { folder: string } | { space: string },
  name: string,
  more: Partial<List> = {},
): void {
  let folderId: string;
  if ("folder" in at) folderId = at.folder;
  else {
    // Every folderless list has a hidden folder of its own.
    folderId = `9014${id.slice(-7)}`;
    folder(state, folderId, at.space, "hidden", { hidden: true });
  }
  state.data.lists[id] = {
    id,
    space_id: state.folder(folderId).space_id,
    folder_id: folderId,
    name,
    content: "",
    orderindex: Object.keys(state.data.lists).length,
    archived: false,
    status: null,
    priority: null,
    assignee: null,
    due_date: null,
    due_date_time: false,
    start_date: null,
    start_date_time: false,
    statuses: null,
    ...more,
  };
}

/** Spaces, folders and lists: folderless, archived, with own statuses, and two lists of one name. */
export function seedPlaces(state: SandboxState): void {
  seedSpaces(state);
  folder(state, folders.sprints, spaces.product, "Sprints");
  folder(state, folders.platform, spaces.product, "Platform");
  folder(state, folders.campaigns, spaces.marketing, "Campaigns 🚀");
  folder(state, folders.vendors, spaces.operations, 'Vendors & "Partners"');
  folder(state, folders.archived, spaces.operations, "2023", { archived: true });
  list(state, lists.sprint21, { folder: folders.sprints }, "Sprint 21", {
    content: "Two weeks of export work",
  });
  list(state, lists.sprint22, { folder: folders.sprints }, "Sprint 22");
  list(state, lists.api, { folder: folders.platform }, "API", {
    statuses: statusSet(`sc${lists.api}`, [
      ["triage", "open", "#87909e"],
      ["building", "custom", "#5f55ee"],
      ["verified", "done", "#1090e0"],
      ["released", "closed", "#008844"],
    ]),
  });
  list(state, lists.backlog, { space: spaces.product }, "Backlog", { priority: 3 });
  list(state, lists.marketingBacklog, { space: spaces.marketing }, "Backlog");
  list(state, lists.launch, { folder: folders.campaigns }, "Spring launch", {
    assignee: users.carol,
    status: { status: "red", color: "#e50000", hide_label: false },
  });
  list(state, lists.content, { folder: folders.campaigns }, "Content calendar");
  list(state, lists.onboarding, { space: spaces.operations }, "Onboarding");
  list(state, lists.contracts, { folder: folders.vendors }, "Contracts");
  list(state, lists.oldIdeas, { space: spaces.product }, "Old ideas", { archived: true });
  list(state, lists.empty, { space: spaces.operations }, "Nothing here yet");
  list(state, lists.garden, { space: spaces.side }, "Garden");
  list(state, lists.bob, { space: spaces.bob }, "Bob's list");
}
