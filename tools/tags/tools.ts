import * as z from "zod";
import { getSpaceTags } from "../clickup/tags.ts";
import { addTaskTag, removeTaskTag } from "../clickup/tasks.ts";
import { confirmFirst } from "../call/confirm.ts";
import { defineTool } from "../define.ts";
import { notFound } from "../words/errors.ts";
import { sameName, shown } from "../words/names.ts";
import { Cursor, PlaceReference, TaskReference, Text } from "../params.ts";
import { compact, pageOf } from "../words/render.ts";
import { withPlace } from "../resolve/place.ts";
import { loadTask, withTask } from "../resolve/task.ts";
import { NextCursor, NotApplied, Ref } from "../shapes.ts";
import { tagName } from "./tag-names.ts";
import { readBack } from "../tasks/task-update.ts";

const TaskTags = z.object({
  task: Ref,
  tags: z.array(z.string()).optional(),
  not_applied: z.array(NotApplied).optional(),
});

const NOT_READ = "but its tags could not be read; check with clickup_task_get.";

const tagList = defineTool({
  name: "clickup_tag_list",
  tier: "premium",
  set: "tasks",
  kind: "read",
  title: "List tags",
  description: "Tags of a space.",
  input: z.object({ space: PlaceReference, cursor: Cursor.optional() }),
  output: z.object({
    tags: z.array(z.string()),
    total: z.number(),
    total_shown: z.number(),
    next_cursor: NextCursor,
  }),
  operations: ["GET /v2/space/{space_id}/tag"],
  async handler(params, ctx) {
    return await withPlace(ctx, "space", params.space, "space", async (space) => {
      const tags = await getSpaceTags(ctx.clickup, space.id);
      const page = pageOf(tags, params.cursor, (tag) => tag.length + 3);
      return {
        data: {
          tags: page.shown,
          total: tags.length,
          total_shown: page.shown.length,
          ...compact({ next_cursor: page.next_cursor }),
        },
        summary: `Space ${space.id}: ${tags.length} tags.`,
      };
    });
  },
});

const tagAdd = defineTool({
  name: "clickup_tag_add",
  tier: "premium",
  set: "tasks",
  kind: "write",
  adds: true,
  idempotent: true,
  title: "Add tag",
  description: "Add a tag to a task; ClickUp may create unknown tags.",
  input: z.object({ task: TaskReference, tag: Text }),
  output: TaskTags,
  operations: ["POST /v2/task/{task_id}/tag/{tag_name}", "GET /v2/task/{task_id}"],
  async handler(params, ctx) {
    const tag = tagName(params.tag);
    return await withTask(ctx, params.task, "task", async ({ id, record }) => {
      const has = (tags: readonly string[] | undefined) =>
        tags?.some((one) => sameName(one) === sameName(tag));
      if (record !== undefined && has(record.tags) === true) {
        return {
          data: { task: { id, name: record.name }, ...compact({ tags: record.tags }) },
          summary: `Task ${id} already had the tag.`,
        };
      }
      await addTaskTag(ctx.clickup, id, tag);
      const after = await readBack(ctx, id);
      if (after === undefined) {
        return { data: { task: { id } }, summary: `The tag was sent to task ${id}, ${NOT_READ}` };
      }
      const missing = has(after.tags) !== true;
      return {
        data: {
          task: { id, name: after.name },
          ...compact({ tags: after.tags }),
          ...(missing ? { not_applied: [{ field: "tags", asked: `add ${shown(tag)}` }] } : {}),
        },
        summary: missing
          ? `ClickUp ignored the tag: task ${id} does not have it. See clickup_tag_list for the space's tags.`
          : `Task ${id} has the tag.`,
      };
    });
  },
});

const tagRemove = defineTool({
  name: "clickup_tag_remove",
  tier: "premium",
  set: "tasks",
  kind: "destructive",
  idempotent: true,
  title: "Remove tag",
  description: "Take a tag off a task.",
  input: z.object({ task: TaskReference, tag: Text }),
  output: TaskTags,
  operations: ["DELETE /v2/task/{task_id}/tag/{tag_name}", "GET /v2/task/{task_id}"],
  async handler(params, ctx) {
    const wanted = tagName(params.tag);
    const before = await loadTask(ctx, params.task, "task");
    const tags = before.tags ?? [];
    const tag = tags.find((one) => sameName(one) === sameName(wanted));
    if (tag === undefined) {
      const known = tags.map((name) => ({ id: "tag", name }));
      throw notFound("tag", wanted, known, "tag", ` on task ${before.id}`);
    }
    await confirmFirst(
      ctx,
      `Remove the tag "${shown(tag)}" from task "${shown(before.name)}" (${before.id})?`,
    );
    await removeTaskTag(ctx.clickup, before.id, tag);
    const after = await readBack(ctx, before.id);
    const task = { id: before.id, name: before.name };
    if (after === undefined) {
      return { data: { task }, summary: `The tag was removed from task ${before.id}, ${NOT_READ}` };
    }
    const left = after.tags?.some((one) => sameName(one) === sameName(wanted)) === true;
    return {
      data: {
        task,
        ...compact({ tags: after.tags }),
        ...(left ? { not_applied: [{ field: "tags", asked: `remove ${shown(tag)}` }] } : {}),
      },
      summary: left
        ? `ClickUp did not remove the tag from task ${before.id}.`
        : `Removed the tag from task ${before.id}.`,
    };
  },
});

export const tagTools = [tagList, tagAdd, tagRemove];
