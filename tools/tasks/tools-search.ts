import * as z from "zod";
import { defineTool } from "../define.ts";
import { UserInputError } from "../words/errors.ts";
import {
  Amount,
  asList,
  Cursor,
  FieldValues,
  Flag,
  oneOf,
  PriorityName,
  someOf,
  Text,
  TextList,
  When,
} from "../params.ts";
import { ORDERS, prepareSearch } from "./search-filter.ts";
import { SearchLegend, SearchRow, WIDENINGS } from "./search-rows.ts";
import { NextCursor, Ref } from "../shapes.ts";
import { checkFilters, runSearch } from "./task-search.ts";

export const taskSearch = defineTool({
  name: "clickup_task_search",
  tier: "premium",
  set: "tasks",
  kind: "read",
  progress: true,
  core: true,
  title: "Search tasks",
  description: "Find tasks of a workspace by words and filters.",
  input: z.object({
    workspace: Text.optional(),
    query: Text.optional(),
    statuses: TextList.optional(),
    assignees: TextList.describe("people or none").optional(),
    tags: TextList.optional(),
    lists: TextList.optional(),
    folders: TextList.optional(),
    spaces: TextList.optional(),
    due: When.describe("day or FROM..TO, e.g. ..today").optional(),
    created: When.optional(),
    updated: When.optional(),
    done: When.optional(),
    custom_fields: FieldValues.describe("name → value, >5, *, null").optional(),
    priority: z.preprocess(asList, z.array(PriorityName)).optional(),
    include_closed: Flag.describe("default: only with statuses or done").optional(),
    subtasks: Flag.optional(),
    archived: Flag.describe("only those").optional(),
    order_by: oneOf(ORDERS).optional(),
    reverse: Flag.optional(),
    limit: Amount.optional(),
    cursor: Cursor.optional(),
    fields: someOf(WIDENINGS).optional(),
  }),
  output: z.object({
    workspace: Ref,
    tasks: z.array(SearchRow),
    ...SearchLegend,
    total_shown: z.number(),
    looked_at: z.number(),
    next_cursor: NextCursor,
  }),
  operations: [
    "GET /v2/team/{team_Id}/task",
    "GET /v2/list/{list_id}",
    "GET /v2/list/{list_id}/field",
    "GET /v2/team/{team_id}/space",
    "GET /v2/space/{space_id}/folder",
    "GET /v2/space/{space_id}/list",
    "GET /v2/space/{space_id}/tag",
    "GET /v2/team",
    "GET /v2/task/{task_id}",
  ],
  async handler(params, ctx) {
    const { query, cursor, limit, fields, ...filters } = params;
    if (limit !== undefined && !(Number.isInteger(limit) && limit >= 1)) {
      throw new UserInputError("limit: a whole number from 1 to 100.", { argument: "limit" });
    }
    const search = await prepareSearch(ctx, filters);
    const found = await runSearch(ctx, search, { query, cursor, limit, fields: new Set(fields) });
    const { rows, looked_at, next_cursor } = found;
    if (rows.count === 0 && next_cursor === undefined) {
      await checkFilters(ctx, search, params);
    }
    const more = next_cursor === undefined ? "" : " There are more: pass next_cursor as cursor.";
    return {
      data: {
        workspace: { id: search.workspace.id, name: search.workspace.name },
        ...rows.data,
        total_shown: rows.count,
        looked_at,
        ...(next_cursor === undefined ? {} : { next_cursor }),
      },
      summary: `${rows.count} tasks found, ${looked_at} looked at.${more}`,
    };
  },
});

export const taskSearchTools = [taskSearch];
