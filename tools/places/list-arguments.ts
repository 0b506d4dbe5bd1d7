/** What may be said about a List beside its name: its arguments, ClickUp's body, and how to see it in an answer. */
import type { Asked } from "../words/asked.ts";
import type { ListRecord } from "../clickup/hierarchy.ts";
import type { ListBody } from "../clickup/places-write.ts";
import type { ToolContext } from "../define.ts";
import { UserInputError } from "../words/errors.ts";
import { sameName } from "../words/names.ts";
import { Markdown, PriorityName, Text, WhenExplained } from "../params.ts";
import { priorityNumber } from "../priorities.ts";
import type { Priority } from "../priorities.ts";
import { resolvePeople } from "../resolve/people.ts";
import { formatDate, localDay, parseWhen } from "../when/when.ts";

/** Optional arguments of the tools that write a List; made once. */
export const listArguments = {
  content: Markdown.describe("markdown").optional(),
  due: WhenExplained.optional(),
  priority: PriorityName.optional(),
  assignee: Text.optional(),
  status: Text.describe("color").optional(),
};

export interface ListArguments {
  name?: string | undefined;
  content?: string | undefined;
  /** "none" empties it, as with assignee and status. */
  due?: string | undefined;
  priority?: Priority | undefined;
  assignee?: string | undefined;
  status?: string | undefined;
}

const isNone = (value: string) => sameName(value) === "none";

/** Body for POST or PUT, and what the answer must show. Throws UserInputError. */
export async function prepareList(
  ctx: ToolContext,
  given: ListArguments,
  workspaceId: string | undefined,
  use: "create" | "update",
): Promise<{ body: ListBody; asked: Asked<ListRecord>[] }> {
  const body: ListBody = {};
  const asked: Asked<ListRecord>[] = [];
  const { name, content, due, priority, assignee, status } = given;
  if (name !== undefined) {
    body.name = name;
    asked.push({
      field: "name",
      asked: name,
      read: (list) => list.name,
      holds: (list) => sameName(list.name) === sameName(name),
    });
  }
  if (content !== undefined) {
    // As with tasks, an empty text may be taken for "not given"; one space empties it.
    body.markdown_content = content === "" ? " " : content;
    asked.push({
      field: "content",
      asked: content === "" ? "nothing" : content,
      read: (list) => list.content,
      // Marks may be gone from the answer: only presence can be told.
      holds: (list) => (list.content === undefined) === (content.trim() === ""),
    });
  }
  if (due !== undefined) {
    prepareDue(ctx, due, body, asked);
  }
  if (priority !== undefined && (use === "update" || priority !== "none")) {
    body.priority = priorityNumber(priority);
    asked.push({ field: "priority", asked: priority, read: (list) => list.priority ?? "none" });
  }
  if (assignee !== undefined && (use === "update" || !isNone(assignee))) {
    await prepareAssignee(ctx, assignee, workspaceId, use, body, asked);
  }
  if (status !== undefined) {
    prepareColor(status, use, body, asked);
  }
  return { body, asked };
}

function prepareDue(ctx: ToolContext, due: string, body: ListBody, asked: Asked<ListRecord>[]): void {
  const { timeZone } = ctx.user;
  const read = (list: ListRecord) =>
    list.due_ms === undefined ? undefined : formatDate(list.due_ms, timeZone);
  if (isNone(due)) {
    body.due_date = null;
    asked.push({ field: "due", asked: "none", read, holds: (list) => list.due_ms === undefined });
    return;
  }
  const moment = parseWhen(due, { now_ms: ctx.now_ms(), timeZone }, "due");
  body.due_date = moment.ms;
  body.due_date_time = moment.hasTime;
  asked.push({
    field: "due",
    asked: due,
    read,
    holds: (list) => {
      if (list.due_ms === undefined) {
        return false;
      }
      return moment.hasTime
        ? list.due_ms === moment.ms
        : localDay(list.due_ms, timeZone) === localDay(moment.ms, timeZone);
    },
  });
}

async function prepareAssignee(
  ctx: ToolContext,
  assignee: string,
  workspaceId: string | undefined,
  use: "create" | "update",
  body: ListBody,
  asked: Asked<ListRecord>[],
): Promise<void> {
  const read = (list: ListRecord) =>
    list.assignee === undefined ? undefined : `${list.assignee.username} (${list.assignee.id})`;
  if (isNone(assignee)) {
    body.assignee = "none";
    asked.push({ field: "assignee", asked: "none", read, holds: (list) => list.assignee === undefined });
    return;
  }
  const [person] = await resolvePeople(ctx, [assignee], "assignee", workspaceId);
  const id = person?.id ?? assignee;
  // ClickUp takes a number here on create and a text on update.
  body.assignee = use === "create" ? Number(id) : id;
  asked.push({ field: "assignee", asked: assignee, read, holds: (list) => list.assignee?.id === id });
}

function prepareColor(
  status: string,
  use: "create" | "update",
  body: ListBody,
  asked: Asked<ListRecord>[],
): void {
  const read = (list: ListRecord) => list.color;
  if (isNone(status)) {
    if (use === "update") {
      body.unset_status = true;
      asked.push({ field: "status", asked: "none", read, holds: (list) => list.color === undefined });
    }
    return;
  }
  if (!/^\p{L}[\p{L} ]*$/u.test(status)) {
    throw new UserInputError(
      "status: ClickUp takes a List's colour by its name, such as red, orange, yellow, green, blue, purple, pink or grey; none takes it off.",
      { argument: "status" },
    );
  }
  body.status = sameName(status);
  asked.push({
    field: "status",
    asked: status,
    read,
    // ClickUp answers colours by name or by number: only presence can be told.
    holds: (list) => list.color !== undefined,
  });
}
