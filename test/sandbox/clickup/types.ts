/** What the sandbox stores: ClickUp's nouns, with numbers and nulls as they are before rendering. Times are Unix ms. */

export interface User {
  id: number;
  /** null until an invited person has joined; so is the colour. */
  username: string | null;
  email: string;
  color: string | null;
  initials: string;
  profilePicture: string | null;
  timezone: string;
  week_start_day: number | null;
}

/** ClickUp's role numbers: 1 owner, 2 admin, 3 member, 4 guest. */
export type Role = 1 | 2 | 3 | 4;

export interface Membership {
  user: number;
  role: Role;
  /** null until the person has joined. */
  date_joined: number | null;
  date_invited: number;
  invited_by: number | null;
  custom_role?: number | null;
}

export interface Workspace {
  id: string;
  name: string;
  color: string;
  avatar: string | null;
  members: Membership[];
  plan: { plan_id: number; plan_name: string };
  /** The Tasks-in-Multiple-Lists ClickApp; without it adding a second list silently does nothing. */
  multiple_lists: boolean;
  /** What adding a second List answers without the ClickApp: it is not known which (both were seen). */
  multiple_lists_off?: "refused" | "ignored";
  /** The ClickApp "Total time in status"; false answers TIS_027. */
  time_in_status?: boolean;
  /** What the team-wide task search does with include_timl, which its description does not have. */
  timl_on_team_tasks?: "refused" | "honoured";
  /** How many uses of Custom Fields, and of custom task types, the plan has left; unlimited unless set. */
  custom_field_uses_left?: number;
  custom_type_uses_left?: number;
  custom_items: { id: number; name: string; name_plural: string; description: string }[];
}

type StatusType = "open" | "custom" | "done" | "closed";

export interface Status {
  id: string;
  status: string;
  color: string;
  orderindex: number;
  type: StatusType;
}

export interface Tag {
  name: string;
  tag_fg: string;
  tag_bg: string;
  creator: number | null;
}

export interface SpaceFeatures {
  due_dates: {
    enabled: boolean;
    start_date: boolean;
    remap_due_dates: boolean;
    remap_closed_due_date: boolean;
  };
  [feature: string]: { enabled: boolean; [setting: string]: boolean };
}

export interface Space {
  id: string;
  team_id: string;
  name: string;
  color: string | null;
  private: boolean;
  archived: boolean;
  multiple_assignees: boolean;
  admin_can_manage: boolean | null;
  statuses: Status[];
  features: SpaceFeatures;
  tags: Tag[];
  /** Custom task ids of the Space: `DEV` gives DEV-1, DEV-2 …; null when off. */
  custom_id_prefix: string | null;
  custom_id_next: number;
  /** Who sees a private Space; null: owner and admins. */
  members?: number[] | null;
  /** Settings that the features list shows among the ClickApps, in forms of their own. */
  settings?: Record<string, unknown>;
}

export interface Folder {
  id: string;
  space_id: string;
  name: string;
  orderindex: number;
  /** True for the invisible folder that ClickUp keeps around each folderless list. */
  hidden: boolean;
  archived: boolean;
  parent_folder: string | null;
  /** Renamed at least once. */
  touched?: boolean;
}

export interface List {
  id: string;
  space_id: string;
  folder_id: string;
  name: string;
  content: string;
  orderindex: number;
  archived: boolean;
  /** The list's colour, which ClickUp calls its status. */
  status: { status: string; color: string; hide_label: boolean } | null;
  priority: number | null;
  assignee: number | null;
  due_date: number | null;
  due_date_time: boolean;
  start_date: number | null;
  start_date_time: boolean;
  /** Own statuses of the list; null: those of the Space. */
  statuses: Status[] | null;
}

export type FieldScope = { kind: "workspace" | "space" | "folder" | "list"; id: string };

export interface FieldOption {
  id: string;
  name?: string;
  label?: string;
  color: string | null;
  orderindex: number;
}

export interface FieldConfig {
  options?: FieldOption[];
  default?: number | null;
  placeholder?: string | null;
  precision?: number;
  currency_type?: string;
  start?: number;
  end?: number;
  count?: number;
  code_point?: string;
  complete_on?: number;
  tracking?: { subtasks: boolean; checklists: boolean; assigned_comments: boolean };
  [setting: string]: unknown;
}

export interface FieldDefinition {
  id: string;
  name: string;
  type: string;
  type_config: FieldConfig;
  date_created: number;
  hide_from_guests: boolean;
  required: boolean;
  scope: FieldScope;
  /** Lists the field was carried to by a move. */
  carried_to: string[];
}

export interface ChecklistItem {
  id: string;
  name: string;
  orderindex: number;
  assignee: number | null;
  resolved: boolean;
  parent: string | null;
  date_created: number;
  start_date?: number | null;
  due_date?: number | null;
}

export interface Checklist {
  id: string;
  name: string;
  orderindex: number;
  creator: number;
  date_created: number;
  items: ChecklistItem[];
}

export interface Attachment {
  id: string;
  title: string;
  extension: string;
  mimetype: string;
  size_bytes: number;
  date: number;
  user: number;
  url: string;
}

export interface Task {
  id: string;
  custom_id: string | null;
  custom_item_id: number;
  team_id: string;
  list_id: string;
  /** Lists the task was added to besides its home list. */
  extra_lists: string[];
  name: string;
  /** Markdown source of the description. */
  markdown: string;
  status: string;
  orderindex: string;
  date_created: number;
  date_updated: number;
  date_closed: number | null;
  date_done: number | null;
  archived: boolean;
  creator: number;
  assignees: number[];
  group_assignees: string[];
  watchers: number[];
  checklists: Checklist[];
  tags: string[];
  parent: string | null;
  priority: number | null;
  due_date: number | null;
  due_date_time: boolean;
  start_date: number | null;
  start_date_time: boolean;
  points: number | null;
  time_estimate: number | null;
  /** Estimates per assignee (ms), keyed by user id or "unassigned". */
  estimates_by_user: Record<string, number>;
  /** Custom field values by field id, as stored after normalising. */
  fields: Record<string, unknown>;
  attachments: Attachment[];
  status_since: number;
  status_history: { status: string; minutes: number; since: number }[];
}

/** `task_id` waits on `depends_on`. */
export interface Dependency {
  task_id: string;
  depends_on: string;
  date_created: number;
  userid: number;
}

export interface TaskLink {
  task_id: string;
  link_id: string;
  date_created: number;
  userid: number;
}

export interface CommentBlock {
  text?: string;
  type?: string;
  attributes?: Record<string, unknown>;
  user?: { id: number; username?: string; email?: string };
  [other: string]: unknown;
}

export interface Comment {
  id: string;
  /** Where it hangs: a task, list or view, or the comment it answers. */
  parent: { kind: "task" | "list" | "view" | "comment"; id: string };
  /** Workspace of the thing it hangs on. */
  team_id: string;
  blocks: CommentBlock[];
  user: number;
  assignee: number | null;
  assigned_by: number | null;
  resolved: boolean;
  date: number;
  group_assignee?: string | null;
  reactions: { reaction: string; date: number; user: number }[];
}

export interface TimeEntry {
  id: string;
  team_id: string;
  task_id: string | null;
  user: number;
  billable: boolean;
  start: number;
  /** null while the timer runs. */
  end: number | null;
  description: string;
  tags: Tag[];
  at: number;
  source: string;
}

export interface UserGroup {
  id: string;
  team_id: string;
  userid: number;
  name: string;
  handle: string;
  date_created: number;
  members: number[];
}

export interface Doc {
  id: string;
  team_id: string;
  name: string;
  parent: { id: string; type: number };
  public: boolean;
  creator: number;
  date_created: number;
  date_updated: number;
  deleted: boolean;
  archived: boolean;
}

export interface Page {
  id: string;
  doc_id: string;
  parent_page_id: string | null;
  name: string;
  sub_title: string | null;
  content: string;
  creator_id: number;
  date_created: number;
  date_updated: number;
  orderindex: number;
}

export interface OAuthCode {
  code: string;
  user: number;
  workspaces: string[];
  redirect_uri: string;
  used: boolean;
  expires_ms: number;
}

export interface AccessToken {
  token: string;
  kind: "personal" | "oauth";
  user: number;
  /** Workspaces an OAuth token may reach; null for a personal token: all of the user's. */
  workspaces: string[] | null;
  revoked: boolean;
}
