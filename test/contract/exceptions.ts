/** Where ClickUp is known to differ from its published description, each with the reason. */

interface Exception {
  /** Operations it holds for. */
  operation: RegExp;
  /** Problems it excuses, as checkRequest and checkResponse word them. */
  problem: RegExp;
  reason: string;
}

/** Query parameters that ClickUp takes though the operation does not describe them. */
export const EXTRA_QUERY: Record<string, readonly string[]> = {
  // Described for every other /v2/task/{task_id}/… operation.
  "GET /v2/task/{task_id}/member": ["custom_task_ids", "team_id"],
  // Sent by other clients; the list's own operation describes both.
  "GET /v2/team/{team_Id}/task": ["archived", "include_timl"],
};

/** Body fields that ClickUp takes though the operation does not describe them. */
export const EXTRA_BODY_FIELDS: Record<string, readonly string[]> = {
  // Applied, seen by users of the API.
  "PUT /v2/space/{space_id}": ["archived"],
  // Sent by other clients and shown formatted.
  "POST /v2/list/{list_id}/task": ["markdown_description"],
  "PUT /v2/task/{task_id}": ["markdown_description"],
  // Rich comments: blocks with attributes and mentions.
  "POST /v2/task/{task_id}/comment": ["comment", "markdown_text"],
  "POST /v2/list/{list_id}/comment": ["comment", "markdown_text"],
  "POST /v2/comment/{comment_id}/reply": ["comment", "markdown_text"],
  "PUT /v2/comment/{comment_id}": ["comment"],
};

const REQUEST_EXCEPTIONS: Exception[] = [
  {
    operation: /^DELETE \/v2\/task\/\{task_id\}\/dependency$/,
    problem: /^query (depends_on|dependency_of)$/,
    reason: "both are marked required, one of them is the point of the call",
  },
  {
    operation: /\/team\/\{team_Id\}\/time_entries$/,
    problem: /^query assignee$/,
    reason: "a number by type, but the text explains a comma-separated list",
  },
  {
    operation: /^(POST|PUT) \/v2\/(team\/\{team_id\}\/space|space\/\{space_id\})$/,
    problem: /must have required property/,
    reason: "ClickUp takes a partial Space and partial features",
  },
  {
    operation: /^PUT \/v2\/(list\/\{list_id\}|comment\/\{comment_id\})$/,
    problem: /must have required property/,
    reason: "updates may be partial",
  },
  {
    operation: /^PUT \/v2\/list\/\{list_id\}$/,
    problem: /^body \/(due_date|priority|assignee) must be/,
    reason: "null clears the value",
  },
  {
    operation: /\/auditlogs$/,
    problem: /^body \/filter\/workspaceId must be object$/,
    reason: "an id, as the text explains",
  },
  {
    operation: /^POST .*(comment|reply)$/,
    problem: /must have required property '(comment_text|assignee|notify_all)'/,
    reason: "`comment` replaces comment_text; the other two have defaults",
  },
  {
    operation: /^POST \/v2\/team\/\{team_Id\}\/time_entries$/,
    problem: /must have required property 'duration'/,
    reason: "stop or end may stand for duration",
  },
  {
    operation: /time_entries/,
    problem: /^body \/tags\/\d+ must have required property '(tag_fg|tag_bg)'/,
    reason: "colours of a tag have defaults",
  },
  {
    operation: /^PUT \/v2\/task\/\{task_id\}$/,
    problem: /^body \/(priority|due_date|start_date|time_estimate|points|custom_item_id) must be/,
    reason: "null clears the value",
  },
  {
    operation: /^DELETE \/v2\/space\/\{space_id\}\/tag\/\{tag_name\}$/,
    problem: /^body$/,
    reason: "the path already names the tag",
  },
  {
    operation: /home_list|time_entries\/start/,
    problem: /^body$/,
    reason: "every field is optional",
  },
];

const RESPONSE_EXCEPTIONS: Exception[] = [
  {
    operation: /^(POST|PUT) \/v2\/(team\/\{team_id\}\/space|space\/\{space_id\})$/,
    problem: /^\/features must have required property/,
    reason: "a Space lists only what was ever configured (recorded)",
  },
  {
    operation: /comment|reply/,
    problem: /must have required property '(resolved|assigned_by)'$|\/reply_count must be string$/,
    reason: "three recordings have neither, and a number of replies",
  },
  {
    operation: /time_entries/,
    problem: /\/task_location\/\w+ must be integer$|^\/data must be object$/,
    reason: "ids are text, and DELETE answers an array (recorded)",
  },
  {
    operation: /^GET \/v2\/view\/\{view_id\}\/task$/,
    problem: /\/(time_spent must be string|custom_fields must be object)$/,
    reason: "as in every other list of tasks",
  },
  {
    operation: /goal|key_result/,
    problem: /\/owners\/\* must be string$|(percent_completed|steps_current_float) must be string,null$/,
    reason: "people, and numbers: the description was made from an example with nothing in them",
  },
  {
    operation: /chat\/messages/,
    problem: /^\/links must match exactly one schema in oneOf$/,
    reason: "the alternatives overlap",
  },
  {
    operation: /bulk_time_in_status/,
    problem: /^\/ must have required property/,
    reason: "the keys are the ids of the example's tasks",
  },
  {
    operation: /taskTemplate$/,
    problem: /\/templates\/\* must be string$/,
    reason: "the example has none; Lists and Folders answer objects",
  },
  {
    operation: /\/(user|guest)(\/\{\w+\})?$/,
    problem: /\/members\/\* must (be string|have required property)/,
    reason: "the owner was invited by nobody, a member has no guest's rights, and members are objects",
  },
  {
    operation: /\/guest\/\{guest_id\}$/,
    problem: /^\/guest\/shared\/tasks\/\*\/(points|custom_fields)/,
    reason: "as in every other task",
  },
  {
    operation: /./,
    problem: /must be .* \(is null\)$/,
    reason: "what is not set is null, in the description's own examples too",
  },
  {
    operation: /\/(list|field)(\/\{list_id\})?$/,
    problem:
      /must match exactly one schema in oneOf|type_config\/default must be|\/priority must be string,null$/,
    reason: "the alternatives overlap: one of them allows anything",
  },
  {
    operation: /^GET \/v2\/space\/\{space_id\}\/folder$/,
    problem: /^\/folders must be object$/,
    reason: "`folders` is an array",
  },
  {
    operation: /\/list(\/\{list_id\})?$/,
    problem: /task_count must be string,null$/,
    reason: "a number, as in the description's example",
  },
  {
    operation: /^(GET|PUT) \/v2\/list\/\{list_id\}$/,
    problem: /^\/assignee must be string,null$/,
    reason: "a person",
  },
  {
    operation: /^GET \/v2\/team\/\{team_Id\}\/task$/,
    problem: /\/priority must be integer$/,
    reason: "an object, as in every other task",
  },
  {
    operation: /^GET \/v2\/task\/\{task_id\}$/,
    problem: /^\/attachments\/\*\/date must be integer$/,
    reason: "dates of answers are strings",
  },
  {
    operation: /\/link\/\{links_to\}$/,
    problem: /must have required property 'time_spent'$/,
    reason: "only tasks with tracked time carry it",
  },
  {
    operation: /^POST .*\/comment$/,
    problem: /^\/id must be string$/,
    reason: "a number on create, a string on read",
  },
  {
    operation: /checklist_item/,
    problem: /\/assignee must be string,null$/,
    reason: "a person",
  },
  {
    operation: /^POST \/v2\/team\/\{team_Id\}\/time_entries$/,
    problem: /^\/ must have required property/,
    reason: "the entry is inside `data`, with an id",
  },
  {
    operation: /^GET \/v2\/team\/\{team_id\}\/time_entries\/\{timer_id\}$/,
    problem: /must have required property '(task_tags|list_name|folder_name|space_name)'$/,
    reason: "only when include_task_tags or include_location_names asks for them",
  },
];

function excepted(table: Exception[], operation: string, problem: string): boolean {
  return table.some((exception) => exception.operation.test(operation) && exception.problem.test(problem));
}

export function exceptedRequest(operation: string, problem: string): boolean {
  return excepted(REQUEST_EXCEPTIONS, operation, problem);
}
export function exceptedResponse(operation: string, problem: string): boolean {
  return excepted(RESPONSE_EXCEPTIONS, operation, problem);
}
