import { plainText } from "./plain-text.ts";
import { renderFields } from "./render-fields.ts";
import { person } from "./render-people.ts";
import { folderStub, renderPriority, renderStatus } from "./render-places.ts";
import type { SandboxState } from "./state.ts";
import type { Attachment, Checklist, ChecklistItem, Status, Tag, Task } from "./types.ts";

const text = (value: number | null) => (value === null ? null : String(value));

/** The status record of a task; a status removed from the list falls back to the first one. */
export function statusOfTask(state: SandboxState, task: Task): Status {
  const list = state.list(task.list_id);
  const status = state.findStatus(list, task.status) ?? state.statusesOf(list)[0];
  if (status === undefined) throw new Error(`list ${list.id} has no statuses`);
  return status;
}

export function renderTag(tag: Tag) {
  return { name: tag.name, tag_fg: tag.tag_fg, tag_bg: tag.tag_bg, creator: tag.creator };
}

function tagsOf(state: SandboxState, task: Task) {
  const { tags } = state.space(state.list(task.list_id).space_id);
  return task.tags.map((name) => {
    const tag = tags.find((candidate) => candidate.name === name);
    return renderTag(tag ?? { name, tag_fg: "#1090e0", tag_bg: "#1090e0", creator: null });
  });
}

function renderItem(state: SandboxState, item: ChecklistItem, all: ChecklistItem[]): Record<string, unknown> {
  return {
    id: item.id,
    name: item.name,
    orderindex: item.orderindex,
    assignee: item.assignee === null ? null : person(state, item.assignee),
    group_assignee: null,
    resolved: item.resolved,
    parent: item.parent,
    date_created: String(item.date_created),
    start_date: text(item.start_date ?? null),
    start_date_time: false,
    due_date: text(item.due_date ?? null),
    due_date_time: false,
    sent_due_date_notif: null,
    children: all.filter((child) => child.parent === item.id).map((child) => renderItem(state, child, all)),
  };
}

export function renderChecklist(state: SandboxState, taskId: string, checklist: Checklist) {
  return {
    id: checklist.id,
    task_id: taskId,
    name: checklist.name,
    date_created: String(checklist.date_created),
    orderindex: checklist.orderindex,
    creator: checklist.creator,
    resolved: checklist.items.filter((item) => item.resolved).length,
    unresolved: checklist.items.filter((item) => !item.resolved).length,
    items: checklist.items
      .filter((item) => item.parent === null)
      .map((item) => renderItem(state, item, checklist.items)),
  };
}

function renderAttachment(state: SandboxState, taskId: string, attachment: Attachment) {
  return {
    id: attachment.id,
    date: String(attachment.date),
    title: attachment.title,
    type: 1,
    source: 1,
    version: 0,
    extension: attachment.extension,
    thumbnail_small: null,
    thumbnail_medium: null,
    thumbnail_large: null,
    is_folder: null,
    mimetype: attachment.mimetype,
    hidden: false,
    parent_id: taskId,
    size: attachment.size_bytes,
    total_comments: 0,
    resolved_comments: 0,
    user: person(state, attachment.user),
    deleted: false,
    orientation: null,
    url: attachment.url,
    email_data: null,
    workspace_id: null,
    width: attachment.mimetype.startsWith("image/") ? 2334 : null,
    height: attachment.mimetype.startsWith("image/") ? 1960 : null,
    url_w_query: `${attachment.url}?view=open`,
    url_w_host: attachment.url,
  };
}

function renderDependencies(state: SandboxState, task: Task) {
  return state.data.dependencies
    .filter((edge) => edge.task_id === task.id || edge.depends_on === task.id)
    .map((edge) => ({
      task_id: edge.task_id,
      depends_on: edge.depends_on,
      type: 1,
      date_created: String(edge.date_created),
      userid: String(edge.userid),
      workspace_id: task.team_id,
      chain_id: null,
    }));
}

function renderLinks(state: SandboxState, task: Task) {
  return state.data.links
    .filter((link) => link.task_id === task.id || link.link_id === task.id)
    .map((link) => ({
      task_id: task.id,
      link_id: link.task_id === task.id ? link.link_id : link.task_id,
      date_created: String(link.date_created),
      userid: String(link.userid),
      workspace_id: task.team_id,
    }));
}

function topLevelParent(state: SandboxState, task: Task): string | null {
  let current = task;
  while (current.parent !== null) current = state.task(current.parent);
  return current === task ? null : current.id;
}

export interface TaskRendering {
  markdown: boolean;
}

/** A task as list answers carry it. `markdown_description` only when asked, `time_spent` only when there is some. */
export function renderTask(state: SandboxState, task: Task, options: TaskRendering) {
  const list = state.list(task.list_id);
  const folder = folderStub(state.folder(list.folder_id));
  const { id, username, color, email, profilePicture } = person(state, task.creator);
  const plain = plainText(task.markdown);
  const spent_ms = state.timeSpent_ms(task.id);
  return {
    id: task.id,
    custom_id: task.custom_id,
    custom_item_id: task.custom_item_id,
    name: task.name,
    text_content: plain,
    description: plain,
    ...(options.markdown ? { markdown_description: task.markdown } : {}),
    status: renderStatus(statusOfTask(state, task)),
    orderindex: task.orderindex,
    date_created: String(task.date_created),
    date_updated: String(task.date_updated),
    date_closed: text(task.date_closed),
    date_done: text(task.date_done),
    archived: task.archived,
    creator: { id, username, color, email, profilePicture },
    assignees: task.assignees.map((user) => person(state, user)),
    group_assignees: task.group_assignees.flatMap((groupId) => {
      const group = state.data.groups[groupId];
      return group === undefined ? [] : [{ id: group.id, name: group.name, handle: group.handle }];
    }),
    watchers: task.watchers.map((user) => person(state, user)),
    checklists: task.checklists.map((checklist) => renderChecklist(state, task.id, checklist)),
    tags: tagsOf(state, task),
    parent: task.parent,
    top_level_parent: topLevelParent(state, task),
    priority: renderPriority(task.priority),
    due_date: text(task.due_date),
    start_date: text(task.start_date),
    points: task.points,
    time_estimate: task.time_estimate,
    ...(spent_ms > 0 ? { time_spent: spent_ms } : {}),
    custom_fields: renderFields(state, task),
    dependencies: renderDependencies(state, task),
    linked_tasks: renderLinks(state, task),
    locations: task.extra_lists.map((listId) => ({ id: listId, name: state.list(listId).name })),
    team_id: task.team_id,
    url: `https://app.clickup.com/t/${task.id}`,
    sharing: {
      public: false,
      public_share_expires_on: null,
      public_fields: [
        "assignees",
        "priority",
        "due_date",
        "content",
        "comments",
        "attachments",
        "customFields",
        "subtasks",
        "tags",
        "checklists",
        "coverimage",
      ],
      token: null,
      seo_optimized: false,
    },
    permission_level: "create",
    list: { id: list.id, name: list.name, access: true },
    project: folder,
    folder,
    space: { id: list.space_id },
  };
}

/** The answer to POST and PUT of a task: as lists have it, with the time spent. */
export function createdTask(state: SandboxState, task: Task) {
  return { ...renderTask(state, task, { markdown: false }), time_spent: state.timeSpent_ms(task.id) };
}

export function updatedTask(state: SandboxState, task: Task) {
  return {
    ...createdTask(state, task),
    attachments: task.attachments.map((attachment) => renderAttachment(state, task.id, attachment)),
  };
}

/** GET /v2/task/{task_id}: with attachments, and subtasks when asked. */
export function renderTaskFull(
  state: SandboxState,
  task: Task,
  options: TaskRendering & { subtasks: boolean },
) {
  const subtasks = options.subtasks
    ? { subtasks: state.subtasksOf(task.id).map((child) => renderTask(state, child, options)) }
    : {};
  return {
    ...renderTask(state, task, options),
    time_spent: state.timeSpent_ms(task.id),
    ...subtasks,
    attachments: task.attachments.map((attachment) => renderAttachment(state, task.id, attachment)),
  };
}
