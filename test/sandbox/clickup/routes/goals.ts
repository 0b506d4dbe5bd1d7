import { badRequest, ClickUpFault, notAuthorized } from "../errors.ts";
import { asObject, dateField, idList, numberField, requiredName, textField, textList } from "../input.ts";
import { person } from "../render-people.ts";
import type { Context, Route } from "../route.ts";
import type { Goal, KeyResult } from "../collaboration/types.ts";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

function workspaceFor(ctx: Context, ecode: string): string {
  const id = ctx.params.team_id ?? "";
  if (!ctx.reach.has(id)) throw new ClickUpFault(401, "Team not authorized", ecode);
  return id;
}

/** An id that is no UUID reaches PostgreSQL, which answers with its own code. */
function goalOf(ctx: Context): Goal {
  const id = ctx.params.goal_id ?? "";
  if (!UUID.test(id)) throw new ClickUpFault(500, "Internal Server Error", "22P02");
  const goal = ctx.state.data.goals[id];
  if (goal === undefined || !ctx.reach.has(goal.team_id)) throw notAuthorized();
  return goal;
}

function keyResultOf(ctx: Context): { goal: Goal; key: KeyResult } {
  for (const goal of Object.values(ctx.state.data.goals)) {
    const key = goal.key_results.find((one) => one.id === ctx.params.key_result_id);
    if (key !== undefined && ctx.reach.has(goal.team_id)) return { goal, key };
  }
  throw notAuthorized();
}

/** Whole per cent. Nobody recorded a key result with progress: the scale is a guess. */
function percentOf(key: KeyResult): number {
  const span = key.steps_end - key.steps_start;
  return span === 0 ? 0 : Math.round(((key.steps_current - key.steps_start) / span) * 100);
}

const percentOfGoal = ({ key_results }: Goal) =>
  key_results.length === 0
    ? 0
    : Math.round(key_results.reduce((sum, key) => sum + percentOf(key), 0) / key_results.length);

function renderKey(ctx: Context, goal: Goal, key: KeyResult) {
  return {
    id: key.id,
    goal_id: goal.id,
    name: key.name,
    type: key.type,
    unit: key.unit,
    creator: key.creator,
    date_created: String(key.date_created),
    goal_pretty_id: goal.pretty_id,
    percent_completed: key.steps_current === key.steps_start ? null : percentOf(key),
    completed: key.steps_current === key.steps_end,
    task_ids: key.task_ids,
    subcategory_ids: key.list_ids,
    owners: key.owners.map((id) => person(ctx.state, id)),
    last_action: {
      id: key.last_action.id,
      key_result_id: key.id,
      userid: key.last_action.userid,
      date_modified: String(key.last_action.date_modified),
      steps_taken: null,
      note: key.last_action.note,
      steps_before: null,
      steps_current: null,
      steps_before_float: key.last_action.steps_before,
      steps_taken_float:
        key.last_action.steps_before === null ? null : key.steps_current - key.last_action.steps_before,
      steps_current_float: key.steps_current,
    },
  };
}

/** What list and single answers share. */
function core(ctx: Context, goal: Goal) {
  return {
    id: goal.id,
    pretty_id: goal.pretty_id,
    name: goal.name,
    team_id: goal.team_id,
    creator: goal.creator,
    color: goal.color,
    date_created: String(goal.date_created),
    start_date: null,
    due_date: goal.due_date === null ? null : String(goal.due_date),
    description: goal.description,
    private: false,
    archived: goal.archived,
    multiple_owners: goal.multiple_owners,
    editor_token: `goal:${goal.id}:${goal.date_created}`,
    date_updated: String(goal.date_updated),
    folder_id: null,
    role_subtype: 0,
    members: [],
    group_members: [],
    owners: goal.owners.map((id) => person(ctx.state, id)),
    key_result_count: goal.key_results.length,
    percent_completed: percentOfGoal(goal),
  };
}

const full = (ctx: Context, goal: Goal) => ({
  goal: {
    ...core(ctx, goal),
    folder_name: null,
    key_results: goal.key_results.map((key) => renderKey(ctx, goal, key)),
    history: [],
    pretty_url: `https://app.clickup.com/${goal.team_id}/goals/${goal.pretty_id}`,
  },
});

function applyGoal(ctx: Context, goal: Goal): void {
  const due = dateField(ctx.body, "due_date");
  if (due !== undefined) goal.due_date = due;
  goal.description = textField(ctx.body, "description") ?? goal.description;
  goal.color = textField(ctx.body, "color") ?? goal.color;
  const added = [...idList(ctx.body.owners), ...idList(ctx.body.add_owners)];
  const removed = idList(ctx.body.rem_owners);
  goal.owners = [...new Set([...goal.owners, ...added])].filter(
    (id) => ctx.state.isMember(goal.team_id, id) && !removed.includes(id),
  );
  goal.date_updated = ctx.now_ms;
}

const KEY_TYPES = ["number", "currency", "boolean", "percentage", "automatic"];

function createKey(ctx: Context) {
  const goal = goalOf(ctx);
  const type = textField(ctx.body, "type") ?? "number";
  if (!KEY_TYPES.includes(type)) throw badRequest("Key result type invalid", "GOAL_022");
  const start = numberField(ctx.body, "steps_start") ?? 0;
  const key: KeyResult = {
    id: ctx.state.newUuid(),
    name: requiredName(ctx.body, "Key result", "GOAL_021"),
    type: type as KeyResult["type"],
    unit: textField(ctx.body, "unit") ?? null,
    creator: ctx.user.id,
    owners: idList(ctx.body.owners).filter((id) => ctx.state.isMember(goal.team_id, id)),
    date_created: ctx.now_ms,
    steps_start: start,
    steps_end: numberField(ctx.body, "steps_end") ?? (type === "boolean" ? 1 : 100),
    steps_current: start,
    task_ids: textList(ctx.body.task_ids),
    list_ids: textList(ctx.body.list_ids),
    last_action: {
      id: ctx.state.newUuid(),
      userid: ctx.user.id,
      date_modified: ctx.now_ms,
      note: "Created Key Result",
      steps_before: null,
    },
  };
  goal.key_results.push(key);
  return { key_result: renderKey(ctx, goal, key) };
}

export const goalRoutes: Route[] = [
  {
    operation: "GET /v2/team/{team_id}/goal",
    query: { include_completed: "bool" },
    handler: (ctx) => {
      const team = workspaceFor(ctx, "OAUTH_060");
      const completed = ctx.query.get("include_completed") !== "false";
      const goals = Object.values(ctx.state.data.goals).filter(
        (goal) => goal.team_id === team && (completed || percentOfGoal(goal) < 100),
      );
      return {
        goals: goals.map((goal) => ({
          ...core(ctx, goal),
          owner: null,
          last_update: String(goal.date_updated),
          pinned: false,
        })),
        folders: [],
      };
    },
  },
  {
    operation: "POST /v2/team/{team_id}/goal",
    body: {
      name: "string",
      due_date: "int|null",
      description: "string",
      multiple_owners: "bool",
      owners: "ints",
      color: "string",
    },
    handler: (ctx) => {
      const team_id = workspaceFor(ctx, "OAUTH_061");
      const goal: Goal = {
        id: ctx.state.newUuid(),
        pretty_id: String(ctx.state.next("goal")),
        team_id,
        name: requiredName(ctx.body, "Goal", "GOAL_001"),
        description: "\n",
        color: null,
        creator: ctx.user.id,
        owners: [],
        multiple_owners: typeof ctx.body.multiple_owners === "boolean" ? ctx.body.multiple_owners : null,
        due_date: null,
        date_created: ctx.now_ms,
        date_updated: ctx.now_ms,
        archived: false,
        key_results: [],
      };
      applyGoal(ctx, goal);
      ctx.state.data.goals[goal.id] = goal;
      return full(ctx, goal);
    },
  },
  { operation: "GET /v2/goal/{goal_id}", handler: (ctx) => full(ctx, goalOf(ctx)) },
  {
    // What is left out stays as it is.
    operation: "PUT /v2/goal/{goal_id}",
    body: {
      name: "string",
      due_date: "int|null",
      description: "string",
      rem_owners: "ints",
      add_owners: "ints",
      color: "string",
    },
    handler: (ctx) => {
      const goal = goalOf(ctx);
      goal.name = textField(ctx.body, "name") ?? goal.name;
      applyGoal(ctx, goal);
      return full(ctx, goal);
    },
  },
  {
    operation: "DELETE /v2/goal/{goal_id}",
    handler: (ctx) => {
      delete ctx.state.data.goals[goalOf(ctx).id];
      return {};
    },
  },
  {
    operation: "POST /v2/goal/{goal_id}/key_result",
    body: {
      name: "string",
      owners: "ints",
      type: "string",
      steps_start: "number",
      steps_end: "number",
      unit: "string",
      task_ids: "strings",
      list_ids: "strings",
    },
    handler: createKey,
  },
  {
    operation: "PUT /v2/key_result/{key_result_id}",
    body: { steps_current: "number", note: "string" },
    handler: (ctx) => {
      const { goal, key } = keyResultOf(ctx);
      const before = key.steps_current;
      key.steps_current = numberField(ctx.body, "steps_current") ?? before;
      key.name = textField(asObject(ctx.body), "name") ?? key.name;
      key.last_action = {
        id: ctx.state.newUuid(),
        userid: ctx.user.id,
        date_modified: ctx.now_ms,
        note: textField(ctx.body, "note") ?? "",
        steps_before: before,
      };
      goal.date_updated = ctx.now_ms;
      return { key_result: renderKey(ctx, goal, key) };
    },
  },
  {
    operation: "DELETE /v2/key_result/{key_result_id}",
    handler: (ctx) => {
      const { goal, key } = keyResultOf(ctx);
      goal.key_results.splice(goal.key_results.indexOf(key), 1);
      return {};
    },
  },
];
