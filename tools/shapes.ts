/** Pieces of output schemas that several tools share. Optional fields are absent rather than null. */
import * as z from "zod";

/** A thing by id, with its name where it is known. */
export const Ref = z.object({ id: z.string(), name: z.string().optional() });

export const NextCursor = z.string().optional();

/** Something asked of ClickUp that its answer does not show. */
export const NotApplied = z.object({
  field: z.string(),
  asked: z.string(),
  is: z.string().optional(),
  reason: z.string().optional(),
});
export type NotApplied = z.infer<typeof NotApplied>;

export const Change = z.object({
  field: z.string(),
  before: z.string().optional(),
  after: z.string().optional(),
});
export type Change = z.infer<typeof Change>;

/** Another place with the name that was just given. */
export const SameName = z.object({ id: z.string(), path: z.string() });

/** A task as it stands in lists. */
export const TaskRow = z.object({
  id: z.string(),
  custom_id: z.string().optional(),
  name: z.string(),
  status: z.string().optional(),
  priority: z.string().optional(),
  due: z.string().optional(),
  start: z.string().optional(),
  assignees: z.array(Ref).optional(),
  tags: z.array(z.string()).optional(),
  parent: z.string().optional(),
  list: Ref.optional(),
});

/** A Custom Field of a task with its value in readable form. */
export const FieldValue = z.object({
  id: z.string(),
  name: z.string(),
  type: z.string(),
  value: z.unknown(),
});

/** A task with what belongs to it; the optional lists come with `include`. */
export const TaskDetail = TaskRow.extend({
  url: z.string().optional(),
  type: z.string().optional(),
  estimate: z.string().optional(),
  spent: z.string().optional(),
  points: z.number().optional(),
  archived: z.boolean().optional(),
  created: z.string().optional(),
  updated: z.string().optional(),
  closed: z.string().optional(),
  creator: Ref.optional(),
  groups: z.array(Ref).optional(),
  folder: Ref.optional(),
  space: Ref.optional(),
  workspace: z.string().optional(),
  description: z.string().optional(),
  description_total_chars: z.number().optional(),
  custom_fields: z.array(FieldValue).optional(),
  subtasks: z.array(TaskRow).optional(),
  subtasks_total: z.number().optional(),
  comments: z
    .array(
      z.object({
        id: z.string(),
        by: Ref.optional(),
        at: z.string().optional(),
        text: z.string(),
        text_total_chars: z.number().optional(),
        resolved: z.boolean().optional(),
        replies: z.number().optional(),
      }),
    )
    .optional(),
  comments_more: z.boolean().optional(),
  attachments: z
    .array(
      z.object({
        id: z.string(),
        name: z.string(),
        url: z.string().optional(),
        bytes: z.number().optional(),
        type: z.string().optional(),
        at: z.string().optional(),
      }),
    )
    .optional(),
});
export type TaskRow = z.infer<typeof TaskRow>;
export type TaskDetail = z.infer<typeof TaskDetail>;
