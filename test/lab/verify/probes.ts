/** The probes of `npm run verify:clickup`, in the order they are played: the open questions first. */

/** Ids of what the probes made, and of what they were given, by name. */
type Ids = Readonly<Record<string, string>>;

export interface Probe {
  name: string;
  method: "GET" | "POST" | "PUT" | "DELETE";
  /** Names in braces are ids: {space}, {team} are given, all others made by an earlier probe. */
  path: string;
  body?: (ids: Ids) => unknown;
  /** Under what name the id of the answer is kept. Only such things are changed or deleted. */
  makes?: string;
  /** What nobody knows yet: its answer is written down, whatever the sandbox says. */
  asks?: string;
}

const read = (name: string, path: string, asks?: string): Probe => ({
  name,
  method: "GET",
  path,
  ...(asks === undefined ? {} : { asks }),
});
const make = (name: string, makes: string, path: string, body: unknown): Probe => ({
  name,
  method: "POST",
  path,
  makes,
  body: () => body,
});
const change = (name: string, path: string, body: unknown, asks?: string): Probe => ({
  name,
  method: "PUT",
  path,
  body: () => body,
  ...(asks === undefined ? {} : { asks }),
});
const drop = (name: string, path: string): Probe => ({ name, method: "DELETE", path });
const post = (name: string, path: string, body: (ids: Ids) => unknown, asks?: string): Probe => ({
  name,
  method: "POST",
  path,
  body,
  ...(asks === undefined ? {} : { asks }),
});

/** What the others need. */
const GROUND: Probe[] = [
  make("a Folder", "folder", "/v2/space/{space}/folder", { name: "verify folder" }),
  make("a List in it", "list", "/v2/folder/{folder}/list", { name: "verify list" }),
  make("a second List", "other", "/v2/folder/{folder}/list", { name: "verify other" }),
  make("a task", "task", "/v2/list/{list}/task", { name: "verify task" }),
  make("a second task", "second", "/v2/list/{list}/task", { name: "verify second" }),
];

const OPEN_QUESTIONS: Probe[] = [
  change("archive a task", "/v2/task/{task}", { archived: true }, "Does PUT archive a task?"),
  read("the archived task", "/v2/task/{task}", "Is it archived then?"),
  change("take it back", "/v2/task/{task}", { archived: false }),
  make("markdown_description", "described", "/v2/list/{list}/task", {
    name: "verify markdown",
    markdown_description: "**bold**",
  }),
  make("markdown_content", "content", "/v2/list/{list}/task", {
    name: "verify content",
    markdown_content: "**bold**",
  }),
  read("the first of them", "/v2/task/{described}?include_markdown_description=true", "Is it formatted?"),
  read("the second", "/v2/task/{content}?include_markdown_description=true"),
  read("an unknown task", "/v2/task/86zzzzzz9", "Which status and code?"),
  read("an unknown List", "/v2/list/901299999999", "401 OAUTH_027 or 400 INPUT_003?"),
  read("a List id that is no number", "/v2/list/abc"),
  read("an unknown Folder", "/v2/folder/901399999999"),
  read("an unknown Space", "/v2/space/901299999"),
  read("an unknown view", "/v2/view/zzz-9"),
  read("a goal that is no UUID", "/v2/goal/zzz", "500 22P02 or 401?"),
  read("the Workspace itself", "/v2/team/{team}", "Undescribed: is it there?"),
  read("all Folders of the Workspace", "/v2/team/{team}/folder?archived=false", "Undescribed: is it there?"),
  read(
    "the team's tasks with second Lists",
    "/v2/team/{team}/task?list_ids[]={list}&include_timl=true",
    "Is include_timl taken here?",
  ),
  read("archived ones of the team", "/v2/team/{team}/task?list_ids[]={list}&archived=true"),
  post(
    "a second List",
    "/v2/list/{other}/task/{task}",
    () => undefined,
    "200 {} or 400 OV_016 with the ClickApp off?",
  ),
  read("the timer", "/v2/team/{team}/time_entries/current", "{data:{}} or {data:null} without one?"),
  make("time without a task", "entry", "/v2/team/{team}/time_entries", {
    start: 1_790_000_000_000,
    duration: 60_000,
    description: "verify time",
  }),
  change("a changed entry without tags", "/v2/team/{team}/time_entries/{entry}", { description: "verify" }),
  post(
    "a comment of a List",
    "/v2/list/{list}/comment",
    () => ({ comment_text: "verify", notify_all: false }),
    "500 or made?",
  ),
];

const THE_REST: Probe[] = [
  read("who", "/v2/user"),
  read("the Workspaces", "/v2/team"),
  read("the plan", "/v2/team/{team}/plan"),
  read("the Space", "/v2/space/{space}"),
  read("its Folders", "/v2/space/{space}/folder?archived=false"),
  read("its Lists", "/v2/space/{space}/list?archived=false"),
  read("its tags", "/v2/space/{space}/tag"),
  read("the Folder", "/v2/folder/{folder}"),
  read("the List", "/v2/list/{list}"),
  read("Lists of the Folder", "/v2/folder/{folder}/list?archived=false"),
  read("tasks of the List", "/v2/list/{list}/task?page=0&subtasks=true&include_closed=true"),
  read("people of the List", "/v2/list/{list}/member"),
  read("fields of the List", "/v2/list/{list}/field"),
  read("views of the List", "/v2/list/{list}/view"),
  read("the task", "/v2/task/{second}"),
  read("time in status", "/v2/task/{second}/time_in_status"),
  change("a renamed List", "/v2/list/{other}", { name: "verify renamed" }),
  change("a List's colour as hex", "/v2/list/{other}", { status: "#ff0000" }),
  change("a List's colour by name", "/v2/list/{other}", { status: "yellow" }, "Which names are there?"),
  change("a renamed Folder", "/v2/folder/{folder}", { name: "verify renamed" }),
  change("a renamed task", "/v2/task/{second}", { name: "verify renamed" }),
  change("an unknown status", "/v2/task/{second}", { status: "no such status" }),
  post("a task of an unknown status", "/v2/list/{list}/task", () => ({
    name: "x",
    status: "no such status",
  })),
  make("a subtask", "child", "/v2/list/{list}/task", { name: "verify child" }),
  post("a parent of another List", "/v2/list/{other}/task", (ids) => ({ name: "x", parent: ids["task"] })),
  make("a comment", "comment", "/v2/task/{second}/comment", { comment_text: "verify", notify_all: false }),
  read("comments", "/v2/task/{second}/comment"),
  change("a changed comment", "/v2/comment/{comment}", { comment_text: "verify changed" }),
  post(
    "a reply",
    "/v2/comment/{comment}/reply",
    () => ({ comment_text: "verify", notify_all: false }),
    "Has the answer an id?",
  ),
  read("replies", "/v2/comment/{comment}/reply"),
  make("a checklist", "checklist", "/v2/task/{second}/checklist", { name: "verify steps" }),
  post("an item", "/v2/checklist/{checklist}/checklist_item", () => ({ name: "verify item" })),
  change("a renamed checklist", "/v2/checklist/{checklist}", { name: "verify renamed" }),
];

/** Backwards, and what is left of them afterwards. */
const AFTERWARDS: Probe[] = [
  drop("the checklist", "/v2/checklist/{checklist}"),
  drop("the comment", "/v2/comment/{comment}"),
  drop("the entry", "/v2/team/{team}/time_entries/{entry}"),
  drop("the task", "/v2/task/{second}"),
  read("the deleted task", "/v2/task/{second}"),
  drop("the second List", "/v2/list/{other}"),
  read("the deleted List", "/v2/list/{other}"),
  change("a write to it", "/v2/list/{other}", { name: "verify late" }, "Is it taken?"),
  drop("the Folder with all that is left", "/v2/folder/{folder}"),
  read("the deleted Folder", "/v2/folder/{folder}"),
];

export const PROBES: readonly Probe[] = [...GROUND, ...OPEN_QUESTIONS, ...THE_REST, ...AFTERWARDS];
