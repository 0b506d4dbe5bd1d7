/** What the sandbox stores of views, goals, webhooks, chat, shares and templates. Times are Unix ms. */

/** ClickUp's numbers of what a view hangs on: 4 Space, 5 Folder, 6 List, 7 Workspace. */
export type ViewParent = 4 | 5 | 6 | 7;

export interface View {
  id: string;
  team_id: string;
  name: string;
  type: string;
  parent: { id: string; type: ViewParent };
  creator: number;
  date_created: number;
  orderindex: number;
  visibility: "public" | "private";
  /** grouping, divide, sorting, filters, columns, team_sidebar and settings as they were sent over the defaults. */
  parts: Record<string, Record<string, unknown>>;
}

export interface KeyResult {
  id: string;
  name: string;
  type: "number" | "currency" | "boolean" | "percentage" | "automatic";
  unit: string | null;
  creator: number;
  owners: number[];
  date_created: number;
  steps_start: number;
  steps_end: number;
  steps_current: number;
  task_ids: string[];
  list_ids: string[];
  last_action: {
    id: string;
    userid: number;
    date_modified: number;
    note: string;
    steps_before: number | null;
  };
}

export interface Goal {
  id: string;
  pretty_id: string;
  team_id: string;
  name: string;
  description: string;
  color: string | null;
  creator: number;
  owners: number[];
  multiple_owners: boolean | null;
  due_date: number | null;
  date_created: number;
  date_updated: number;
  archived: boolean;
  key_results: KeyResult[];
}

export interface Webhook {
  id: string;
  team_id: string;
  userid: number;
  endpoint: string;
  events: string[];
  space_id: string | null;
  folder_id: string | null;
  list_id: string | null;
  task_id: string | null;
  status: "active" | "failing" | "suspended";
  fail_count: number;
  secret: string;
}

/** One event on its way to one webhook. */
export interface Delivery {
  webhook_id: string;
  event: string;
  /** The compact JSON that is signed and sent. */
  body: string;
  tries: number;
  state: "waiting" | "delivered" | "given up";
}

export interface Channel {
  id: string;
  team_id: string;
  name: string;
  type: "CHANNEL" | "DM" | "GROUP_DM";
  visibility: "PUBLIC" | "PRIVATE";
  topic: string;
  description: string;
  parent: { id: string; type: number };
  creator: number;
  members: number[];
  date_created: number;
  date_updated: number;
  archived: boolean;
}

interface Reaction {
  reaction: string;
  date: number;
  user: number;
}

export interface ChatMessage {
  id: string;
  channel_id: string;
  /** The message it answers. */
  parent: string | null;
  type: "message" | "post";
  content: string;
  user: number;
  assignee: number | null;
  resolved: boolean;
  date: number;
  date_updated: number | null;
  post_data: Record<string, unknown> | null;
  followers: number[];
  reactions: Reaction[];
}

/** What was shared with one person alone (a guest, mostly). */
export interface Share {
  user: number;
  kind: "task" | "list" | "folder";
  id: string;
  permission_level: string;
}

export interface Template {
  id: string;
  team_id: string;
  kind: "task" | "list" | "folder";
  name: string;
}

export interface CustomRole {
  id: number;
  team_id: string;
  name: string;
  inherited_role: number;
  date_created: number;
  members: number[];
}

/** A guest's rights in a Workspace. */
export interface GuestRights {
  can_edit_tags: boolean;
  can_see_time_spent: boolean;
  can_see_time_estimated: boolean;
  can_create_views: boolean;
  can_see_points_estimated: boolean;
}
