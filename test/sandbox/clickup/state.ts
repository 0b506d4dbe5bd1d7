import { commentId, docId, placeId, taskId, timeEntryId, uuid } from "./ids.ts";
import type {
  AccessToken,
  Comment,
  Dependency,
  Doc,
  FieldDefinition,
  Folder,
  List,
  OAuthCode,
  Page,
  Space,
  Status,
  Task,
  TaskLink,
  TimeEntry,
  User,
  UserGroup,
  Workspace,
} from "./types.ts";
import type {
  Channel,
  ChatMessage,
  CustomRole,
  Delivery,
  Goal,
  GuestRights,
  Share,
  Template,
  View,
  Webhook,
} from "./collaboration/types.ts";

/** Everything the sandbox knows. Plain JSON values, so that a snapshot is a copy. */
export interface StateData {
  counters: Record<string, number>;
  users: Record<string, User>;
  workspaces: Record<string, Workspace>;
  spaces: Record<string, Space>;
  folders: Record<string, Folder>;
  lists: Record<string, List>;
  fields: Record<string, FieldDefinition>;
  tasks: Record<string, Task>;
  /** Ids of deleted tasks, which answer 404 where an unknown id answers 401. */
  deleted_tasks: Record<string, string>;
  dependencies: Dependency[];
  links: TaskLink[];
  comments: Record<string, Comment>;
  time_entries: Record<string, TimeEntry>;
  groups: Record<string, UserGroup>;
  docs: Record<string, Doc>;
  pages: Record<string, Page>;
  codes: Record<string, OAuthCode>;
  tokens: Record<string, AccessToken>;
  /** Attachments uploaded to a custom field (v3), by field id. */
  field_attachments: Record<string, Task["attachments"]>;
  /** Deleted places: a Space answers 404 from then on, a List or Folder goes on answering with `deleted: true`. */
  deleted_spaces: Record<string, Space>;
  deleted_folders: Record<string, Folder>;
  deleted_lists: Record<string, List>;
  views: Record<string, View>;
  goals: Record<string, Goal>;
  webhooks: Record<string, Webhook>;
  deliveries: Delivery[];
  channels: Record<string, Channel>;
  messages: Record<string, ChatMessage>;
  shares: Share[];
  templates: Record<string, Template>;
  custom_roles: Record<string, CustomRole>;
  /** By "Workspace id:user id". */
  guest_rights: Record<string, GuestRights>;
  /** What each Doc, Space, Folder, List or task was last told by PATCH …/acls, by "kind:id". */
  acls: Record<string, unknown>;
}

function emptyData(): StateData {
  return {
    counters: {},
    users: {},
    workspaces: {},
    spaces: {},
    folders: {},
    lists: {},
    fields: {},
    tasks: {},
    deleted_tasks: {},
    dependencies: [],
    links: [],
    comments: {},
    time_entries: {},
    groups: {},
    docs: {},
    pages: {},
    codes: {},
    tokens: {},
    field_attachments: {},
    deleted_spaces: {},
    deleted_folders: {},
    deleted_lists: {},
    views: {},
    goals: {},
    webhooks: {},
    deliveries: [],
    channels: {},
    messages: {},
    shares: [],
    templates: {},
    custom_roles: {},
    guest_rights: {},
    acls: {},
  };
}

/** The sandbox's store: lookups that several nouns share, and the id counters. */
export class SandboxState {
  data: StateData = emptyData();

  next(counter: string): number {
    const n = (this.data.counters[counter] ?? 0) + 1;
    this.data.counters[counter] = n;
    return n;
  }

  newTaskId(): string {
    return taskId(this.next("task"));
  }
  newUuid(): string {
    return uuid(this.next("uuid"));
  }
  newPlaceId(kind: "space" | "folder" | "list"): string {
    return placeId(kind, this.next(kind));
  }
  newCommentId(): string {
    return commentId(this.next("comment"));
  }
  newTimeEntryId(): string {
    return timeEntryId(this.next("time_entry"));
  }
  newDocId(): string {
    return docId(this.next("doc"));
  }

  user(id: number): User {
    const user = this.data.users[String(id)];
    if (user === undefined) throw new Error(`sandbox state names a user ${id} that does not exist`);
    return user;
  }
  userByEmail(email: string): User | undefined {
    return Object.values(this.data.users).find((user) => user.email === email);
  }
  workspace(id: string): Workspace {
    const workspace = this.data.workspaces[id];
    if (workspace === undefined) throw new Error(`sandbox state names a workspace ${id} that does not exist`);
    return workspace;
  }
  space(id: string): Space {
    const space = this.data.spaces[id] ?? this.data.deleted_spaces[id];
    if (space === undefined) throw new Error(`sandbox state names a space ${id} that does not exist`);
    return space;
  }
  folder(id: string): Folder {
    const folder = this.data.folders[id] ?? this.data.deleted_folders[id];
    if (folder === undefined) throw new Error(`sandbox state names a folder ${id} that does not exist`);
    return folder;
  }
  list(id: string): List {
    const list = this.data.lists[id] ?? this.data.deleted_lists[id];
    if (list === undefined) throw new Error(`sandbox state names a list ${id} that does not exist`);
    return list;
  }
  task(id: string): Task {
    const task = this.data.tasks[id];
    if (task === undefined) throw new Error(`sandbox state names a task ${id} that does not exist`);
    return task;
  }

  /** Tasks whose name is exactly `name`; for tests. */
  tasksNamed(name: string): Task[] {
    return Object.values(this.data.tasks).filter((task) => task.name === name);
  }
  taskByCustomId(teamId: string, customId: string): Task | undefined {
    const wanted = customId.toUpperCase();
    return Object.values(this.data.tasks).find(
      (task) => task.team_id === teamId && task.custom_id?.toUpperCase() === wanted,
    );
  }

  isMember(teamId: string, userId: number): boolean {
    return this.workspace(teamId).members.some((member) => member.user === userId);
  }
  memberIds(teamId: string): number[] {
    return this.workspace(teamId).members.map((member) => member.user);
  }

  foldersOf(spaceId: string): Folder[] {
    return Object.values(this.data.folders).filter((folder) => folder.space_id === spaceId && !folder.hidden);
  }
  listsOfFolder(folderId: string): List[] {
    return Object.values(this.data.lists).filter((list) => list.folder_id === folderId);
  }
  folderlessLists(spaceId: string): List[] {
    return Object.values(this.data.lists).filter(
      (list) => list.space_id === spaceId && this.folder(list.folder_id).hidden,
    );
  }
  tasksOfList(listId: string): Task[] {
    return Object.values(this.data.tasks).filter((task) => task.list_id === listId);
  }
  subtasksOf(taskId: string): Task[] {
    return Object.values(this.data.tasks).filter((task) => task.parent === taskId);
  }

  /** A list's statuses: its own when it overrides, else those of its Space. */
  statusesOf(list: List): Status[] {
    return list.statuses ?? this.space(list.space_id).statuses;
  }
  /** Matches a status name as ClickUp does, without regard to case. */
  findStatus(list: List, name: string): Status | undefined {
    const wanted = name.trim().toLowerCase();
    return this.statusesOf(list).find((status) => status.status === wanted);
  }

  /** Custom fields a task of `list` may hold: those of the list, its folder, its Space and the Workspace. */
  fieldsOfList(list: List): FieldDefinition[] {
    const teamId = this.space(list.space_id).team_id;
    return Object.values(this.data.fields).filter(({ scope, carried_to }) => {
      if (carried_to.includes(list.id)) return true;
      if (scope.kind === "list") return scope.id === list.id;
      if (scope.kind === "folder") return scope.id === list.folder_id;
      if (scope.kind === "space") return scope.id === list.space_id;
      return scope.id === teamId;
    });
  }

  /** ms tracked on a task by finished entries. */
  timeSpent_ms(taskId: string): number {
    let total_ms = 0;
    for (const entry of Object.values(this.data.time_entries)) {
      if (entry.task_id === taskId && entry.end !== null) total_ms += entry.end - entry.start;
    }
    return total_ms;
  }

  /** Deletes a task with its subtasks, comments, dependencies and links. Time entries lose their task. */
  deleteTask(id: string): void {
    for (const child of this.subtasksOf(id)) this.deleteTask(child.id);
    const task = this.data.tasks[id];
    if (task === undefined) return;
    delete this.data.tasks[id];
    this.data.deleted_tasks[id] = task.team_id;
    this.data.dependencies = this.data.dependencies.filter(
      (edge) => edge.task_id !== id && edge.depends_on !== id,
    );
    this.data.links = this.data.links.filter((link) => link.task_id !== id && link.link_id !== id);
    this.deleteCommentsOn("task", id);
    for (const entry of Object.values(this.data.time_entries)) if (entry.task_id === id) entry.task_id = null;
  }
  deleteCommentsOn(kind: Comment["parent"]["kind"], id: string): void {
    for (const comment of Object.values(this.data.comments)) {
      if (comment.parent.kind !== kind || comment.parent.id !== id) continue;
      delete this.data.comments[comment.id];
      this.deleteCommentsOn("comment", comment.id);
    }
  }
  deleteList(id: string): void {
    for (const task of this.tasksOfList(id)) this.deleteTask(task.id);
    const list = this.data.lists[id];
    delete this.data.lists[id];
    if (list !== undefined) this.data.deleted_lists[id] = list;
    const around = this.data.folders[list?.folder_id ?? ""];
    if (around?.hidden) {
      delete this.data.folders[around.id];
      this.data.deleted_folders[around.id] = around;
    }
    this.deleteCommentsOn("list", id);
    for (const task of Object.values(this.data.tasks))
      task.extra_lists = task.extra_lists.filter((other) => other !== id);
  }
  deleteFolder(id: string): void {
    for (const list of this.listsOfFolder(id)) this.deleteList(list.id);
    const folder = this.data.folders[id];
    delete this.data.folders[id];
    if (folder !== undefined) this.data.deleted_folders[id] = folder;
  }
  deleteSpace(id: string): void {
    for (const list of Object.values(this.data.lists)) if (list.space_id === id) this.deleteList(list.id);
    for (const folder of Object.values(this.data.folders))
      if (folder.space_id === id) this.deleteFolder(folder.id);
    const space = this.data.spaces[id];
    delete this.data.spaces[id];
    if (space !== undefined) this.data.deleted_spaces[id] = space;
  }

  /** A deep copy of everything, as JSON. */
  snapshot(): StateData {
    return structuredClone(this.data);
  }
  /** Takes a snapshot back. Throws when it is not one. */
  restore(snapshot: unknown): void {
    const data = snapshot as Partial<StateData> | null;
    if (
      typeof data !== "object" ||
      data === null ||
      typeof data.tasks !== "object" ||
      typeof data.counters !== "object"
    ) {
      throw new TypeError("not a snapshot of the ClickUp sandbox");
    }
    this.data = { ...emptyData(), ...structuredClone(data) };
  }
}
