import { notAuthorized } from "../errors.ts";
import { boolField, requiredName, textField } from "../input.ts";
import { taskOf } from "../lookup.ts";
import { renderChecklist } from "../render-task.ts";
import type { Context, Route } from "../route.ts";
import { CUSTOM_ID_QUERY } from "../route.ts";
import type { Checklist, ChecklistItem, Task } from "../types.ts";

function checklistOf(ctx: Context): { task: Task; checklist: Checklist } {
  for (const task of Object.values(ctx.state.data.tasks)) {
    if (!ctx.reach.has(task.team_id)) continue;
    const checklist = task.checklists.find((candidate) => candidate.id === ctx.params.checklist_id);
    if (checklist !== undefined) return { task, checklist };
  }
  throw notAuthorized();
}

function itemOf(ctx: Context, checklist: Checklist): ChecklistItem {
  const item = checklist.items.find((candidate) => candidate.id === ctx.params.checklist_item_id);
  if (item === undefined) throw notAuthorized();
  return item;
}

export const checklistRoutes: Route[] = [
  {
    operation: "POST /v2/task/{task_id}/checklist",
    query: CUSTOM_ID_QUERY,
    body: { name: "string" },
    handler: (ctx) => {
      const task = taskOf(ctx);
      const checklist: Checklist = {
        id: ctx.state.newUuid(),
        name: requiredName(ctx.body, "Checklist", "CHKLST_002"),
        orderindex: task.checklists.length,
        creator: ctx.user.id,
        date_created: ctx.now_ms,
        items: [],
      };
      task.checklists.push(checklist);
      return { checklist: renderChecklist(ctx.state, task.id, checklist) };
    },
  },
  {
    operation: "PUT /v2/checklist/{checklist_id}",
    body: { name: "string", position: "int" },
    handler: (ctx) => {
      const { task, checklist } = checklistOf(ctx);
      checklist.name = textField(ctx.body, "name") ?? checklist.name;
      if (typeof ctx.body.position === "number") checklist.orderindex = ctx.body.position;
      return { checklist: renderChecklist(ctx.state, task.id, checklist) };
    },
  },
  {
    operation: "DELETE /v2/checklist/{checklist_id}",
    handler: (ctx) => {
      const { task, checklist } = checklistOf(ctx);
      task.checklists.splice(task.checklists.indexOf(checklist), 1);
      return {};
    },
  },
  {
    operation: "POST /v2/checklist/{checklist_id}/checklist_item",
    body: { name: "string", assignee: "int" },
    handler: (ctx) => {
      const { task, checklist } = checklistOf(ctx);
      const assignee = ctx.body.assignee;
      checklist.items.push({
        id: ctx.state.newUuid(),
        name: requiredName(ctx.body, "Checklist item", "CHKLST_003"),
        orderindex: checklist.items.length,
        assignee:
          typeof assignee === "number" && ctx.state.isMember(task.team_id, assignee) ? assignee : null,
        resolved: false,
        parent: null,
        date_created: ctx.now_ms,
      });
      return { checklist: renderChecklist(ctx.state, task.id, checklist) };
    },
  },
  {
    operation: "PUT /v2/checklist/{checklist_id}/checklist_item/{checklist_item_id}",
    body: { name: "string", assignee: "int|string|null", resolved: "bool", parent: "string|null" },
    handler: (ctx) => {
      const { task, checklist } = checklistOf(ctx);
      const item = itemOf(ctx, checklist);
      item.name = textField(ctx.body, "name") ?? item.name;
      item.resolved = boolField(ctx.body, "resolved") ?? item.resolved;
      const { assignee, parent, orderindex } = ctx.body;
      if (assignee === null) item.assignee = null;
      else if (assignee !== undefined && ctx.state.isMember(task.team_id, Number(assignee)))
        item.assignee = Number(assignee);
      if (parent === null) item.parent = null;
      else if (checklist.items.some((other) => other.id === parent && other !== item))
        item.parent = textField(ctx.body, "parent") ?? item.parent;
      if (typeof orderindex === "number") item.orderindex = orderindex;
      return { checklist: renderChecklist(ctx.state, task.id, checklist) };
    },
  },
  {
    operation: "DELETE /v2/checklist/{checklist_id}/checklist_item/{checklist_item_id}",
    handler: (ctx) => {
      const { checklist } = checklistOf(ctx);
      checklist.items.splice(checklist.items.indexOf(itemOf(ctx, checklist)), 1);
      return {};
    },
  },
];
