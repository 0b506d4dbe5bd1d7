/** Differences between recordings and the sandbox that are meant to be. */
export interface Explained {
  /** Tested against the name of the comparison. */
  of: RegExp;
  /** Tested against the line. */
  difference: RegExp;
  why: string;
}

export const EXPLAINED: readonly Explained[] = [
  {
    of: /^(GetChatViewComments|GetListComments|GetThreadedComments) /,
    difference: /^comments\[\]\.(resolved|assigned_by): absent here$/,
    why: "the docs' example is older; three recordings have neither",
  },
  {
    of: /^(AddTaskLink|DeleteTaskLink) /,
    difference: /^task\.time_spent: absent here$/,
    why: "the docs' example is older; recorded answers have it only where time was tracked",
  },
  {
    of: /^GetBulkTasksTimeinStatus /,
    difference: /^[a-z0-9]+: absent here$/,
    why: "the keys are the ids of tasks",
  },
  {
    of: /^GetTeamViews /,
    difference: /^views\[\]\.filters\.field: absent here$/,
    why: "a slip of the pen in the docs' example: `fields` everywhere else",
  },
  {
    of: /^UpdateView /,
    difference: /filters\.fields\[\]\.determinor/,
    why: "views keep filters as they were sent; the example's was made in the app",
  },
  {
    of: /^CreateListComment \(500/,
    difference: /^status 500/,
    why: "noted by one, while another made and read such comments: a contradiction",
  },
  {
    of: /^GetFilteredTeamTasks /,
    difference:
      /^tasks\[\]\.(custom_item_id|date_done|group_assignees|top_level_parent|locations|sharing|status\.id): not at ClickUp$/,
    why: "recorded in 2021; recordings of 2026 have them",
  },
  {
    of: /^GetFilteredTeamTasks /,
    difference: /custom_fields\[\]\.type_config/,
    why: "a field's configuration goes by its type; the recordings have drop-downs only",
  },
  {
    of: /^(Createatimeentry|UpdateatimeEntry|DeleteatimeEntry) /,
    difference: /\.task\.(custom_id: not at ClickUp|custom_type: (not at ClickUp|may be null))/,
    why: "the task of the seed has a custom id and a type, the recorded ones have none",
  },
  {
    of: /^UpdateList /,
    difference: /^(folder|space)\.archived: not at ClickUp$/,
    why: "absent in a recording of 2025, there in those of 2026",
  },
  {
    of: /^GetAuthorizedTeams /,
    difference: /invited_by\.(banned_date|status): always there at ClickUp, here only sometimes$/,
    why: "only somebody who has not joined was recorded; what the inviter of a member looks like is not known",
  },
  {
    of: /^GetSpaces /,
    difference: /features\.(time_tracking\.default_to_billable|scheduler_enabled|check_unresolved\.\w+)/,
    why: "a Space lists what was ever configured; the seed's Spaces are older than these settings",
  },
  {
    of: /^GetTaskComments /,
    difference: /attributes\.bold: not at ClickUp$/,
    why: "no recorded comment has bold text",
  },
];
