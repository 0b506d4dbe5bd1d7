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
};

/** Body fields that ClickUp takes though the operation does not describe them. */
export const EXTRA_BODY_FIELDS: Record<string, readonly string[]> = {
  // Applied, seen by users of the API.
  "PUT /v2/space/{space_id}": ["archived"],
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
