import { badRequest, gone } from "../errors.ts";
import { requiredName, textField, asObject } from "../input.ts";
import { spaceOf, taskByInternalId, taskOf } from "../lookup.ts";
import { renderTag, renderTask } from "../render-task.ts";
import type { Context, Route } from "../route.ts";
import { CUSTOM_ID_QUERY } from "../route.ts";
import { addTag } from "../task-changes.ts";
import type { Tag, Task } from "../types.ts";

/** The other task of a dependency or link; with custom_task_ids=true it may be a custom id too. */
function other(ctx: Context, id: string): Task {
  return ctx.query.get("custom_task_ids") === "true" ? taskOf(ctx, id) : taskByInternalId(ctx, id);
}

/** [waits, on] from `depends_on` (this task waits) or `dependency_of` (the other waits). */
function edge(ctx: Context, dependsOn: string | undefined, dependencyOf: string | undefined): [Task, Task] {
  const task = taskOf(ctx);
  if ((dependsOn === undefined) === (dependencyOf === undefined)) {
    throw badRequest("Either depends_on or dependency_of is required", "DEPEND_001");
  }
  const named = other(ctx, dependsOn ?? dependencyOf ?? "");
  if (named.id === task.id) throw badRequest("A task cannot depend on itself", "DEPEND_002");
  return dependsOn === undefined ? [named, task] : [task, named];
}

const dependencyRoutes: Route[] = [
  {
    operation: "POST /v2/task/{task_id}/dependency",
    query: CUSTOM_ID_QUERY,
    body: { depends_on: "string", dependency_of: "string" },
    handler: (ctx) => {
      const [waits, on] = edge(ctx, textField(ctx.body, "depends_on"), textField(ctx.body, "dependency_of"));
      const known = ctx.state.data.dependencies.some(
        (dep) => dep.task_id === waits.id && dep.depends_on === on.id,
      );
      if (!known) {
        ctx.state.data.dependencies.push({
          task_id: waits.id,
          depends_on: on.id,
          date_created: ctx.now_ms,
          userid: ctx.user.id,
        });
      }
      return {};
    },
  },
  {
    operation: "DELETE /v2/task/{task_id}/dependency",
    query: { ...CUSTOM_ID_QUERY, depends_on: "string", dependency_of: "string" },
    handler: (ctx) => {
      const [waits, on] = edge(
        ctx,
        ctx.query.get("depends_on") ?? undefined,
        ctx.query.get("dependency_of") ?? undefined,
      );
      ctx.state.data.dependencies = ctx.state.data.dependencies.filter(
        (dep) => dep.task_id !== waits.id || dep.depends_on !== on.id,
      );
      return {};
    },
  },
];

const linkRoutes: Route[] = [
  {
    operation: "POST /v2/task/{task_id}/link/{links_to}",
    query: CUSTOM_ID_QUERY,
    handler: (ctx) => {
      const task = taskOf(ctx);
      const linked = other(ctx, ctx.params.links_to ?? "");
      if (linked.id === task.id) throw badRequest("A task cannot be linked to itself", "LINK_002");
      const { links } = ctx.state.data;
      const known = links.some(
        (link) =>
          (link.task_id === task.id && link.link_id === linked.id) ||
          (link.task_id === linked.id && link.link_id === task.id),
      );
      if (!known)
        links.push({ task_id: task.id, link_id: linked.id, date_created: ctx.now_ms, userid: ctx.user.id });
      return { task: renderTask(ctx.state, task, { markdown: false }) };
    },
  },
  {
    operation: "DELETE /v2/task/{task_id}/link/{links_to}",
    query: CUSTOM_ID_QUERY,
    handler: (ctx) => {
      const task = taskOf(ctx);
      const linked = other(ctx, ctx.params.links_to ?? "");
      ctx.state.data.links = ctx.state.data.links.filter(
        (link) =>
          !(link.task_id === task.id && link.link_id === linked.id) &&
          !(link.task_id === linked.id && link.link_id === task.id),
      );
      return { task: renderTask(ctx.state, task, { markdown: false }) };
    },
  },
];

/** The Space's tag named in the path, whatever its case. */
function tagOf(ctx: Context): { tags: Tag[]; tag: Tag } {
  const { tags } = spaceOf(ctx);
  const name = (ctx.params.tag_name ?? "").toLowerCase();
  const tag = tags.find((candidate) => candidate.name === name);
  if (tag === undefined) throw gone("Tag", "TAGS_001");
  return { tags, tag };
}

function retag(ctx: Context, from: string, to: string | null): void {
  const { space_id = "" } = ctx.params;
  for (const task of Object.values(ctx.state.data.tasks)) {
    if (!task.tags.includes(from) || ctx.state.list(task.list_id).space_id !== space_id) continue;
    task.tags = task.tags.flatMap((name) => (name === from ? (to === null ? [] : [to]) : [name]));
  }
}

const tagRoutes: Route[] = [
  {
    operation: "GET /v2/space/{space_id}/tag",
    handler: (ctx) => ({ tags: spaceOf(ctx).tags.map(renderTag) }),
  },
  {
    operation: "POST /v2/space/{space_id}/tag",
    body: { tag: "object" },
    handler: (ctx) => {
      const { tags } = spaceOf(ctx);
      if (ctx.body.tag === undefined) throw badRequest("Tag missing from body", "TAGS_020");
      const sent = asObject(ctx.body.tag);
      const name = requiredName(sent, "Tag", "TAGS_002").toLowerCase();
      const tag_fg = textField(sent, "tag_fg") ?? "#ffffff";
      const tag_bg = textField(sent, "tag_bg") ?? "#1090e0";
      if (!tags.some((tag) => tag.name === name)) tags.push({ name, tag_fg, tag_bg, creator: ctx.user.id });
      return {};
    },
  },
  {
    // The one tag operation whose colours are called fg_color and bg_color.
    operation: "PUT /v2/space/{space_id}/tag/{tag_name}",
    body: { tag: "object" },
    handler: (ctx) => {
      const { tag } = tagOf(ctx);
      const sent = asObject(ctx.body.tag);
      const name = (textField(sent, "name") ?? tag.name).toLowerCase();
      retag(ctx, tag.name, name);
      tag.name = name;
      tag.tag_fg = textField(sent, "fg_color") ?? tag.tag_fg;
      tag.tag_bg = textField(sent, "bg_color") ?? tag.tag_bg;
      return { tag: { name: tag.name, fg_color: tag.tag_fg, bg_color: tag.tag_bg } };
    },
  },
  {
    operation: "DELETE /v2/space/{space_id}/tag/{tag_name}",
    body: { tag: "object" },
    handler: (ctx) => {
      // Also 200 for a tag that is not there.
      const { tags } = spaceOf(ctx);
      const name = (ctx.params.tag_name ?? "").toLowerCase();
      const at = tags.findIndex((candidate) => candidate.name === name);
      retag(ctx, name, null);
      if (at >= 0) tags.splice(at, 1);
      return {};
    },
  },
  {
    operation: "POST /v2/task/{task_id}/tag/{tag_name}",
    query: CUSTOM_ID_QUERY,
    handler: (ctx) => {
      addTag(ctx.state, taskOf(ctx), ctx.params.tag_name ?? "", ctx.user.id);
      return {};
    },
  },
  {
    operation: "DELETE /v2/task/{task_id}/tag/{tag_name}",
    query: CUSTOM_ID_QUERY,
    handler: (ctx) => {
      const task = taskOf(ctx);
      const name = (ctx.params.tag_name ?? "").toLowerCase();
      task.tags = task.tags.filter((tag) => tag !== name);
      return {};
    },
  },
];

export const taskRelationRoutes: Route[] = [...dependencyRoutes, ...linkRoutes, ...tagRoutes];
