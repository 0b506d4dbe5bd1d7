import type { SpaceFeatures, Status } from "./types.ts";

/** Statuses of a new Space. `prefix` begins their ids. */
export function defaultStatuses(prefix: string): Status[] {
  return statusSet(prefix, [
    ["to do", "open", "#87909e"],
    ["in progress", "custom", "#5f55ee"],
    ["complete", "closed", "#008844"],
  ]);
}

export function statusSet(prefix: string, rows: [string, Status["type"], string][]): Status[] {
  return rows.map(([status, type, color], orderindex) => ({
    id: `${prefix}_${orderindex}${status.replaceAll(/\W/g, "").slice(0, 6)}`,
    status,
    type,
    color,
    orderindex,
  }));
}

/** Statuses of a Space that is made over the API. */
export function newSpaceStatuses(prefix: string): Status[] {
  return statusSet(prefix, [
    ["to do", "open", "#87909e"],
    ["complete", "closed", "#008844"],
  ]);
}

/** What a Space that is made over the API lists: what was ever configured, not every ClickApp there is. */
export function newSpaceFeatures(): SpaceFeatures {
  return {
    due_dates: { enabled: false, start_date: false, remap_due_dates: true, remap_closed_due_date: false },
    sprints: { enabled: false },
    time_tracking: { enabled: false, harvest: false, rollup: true },
    points: { enabled: false },
    custom_items: { enabled: false },
    priorities: { enabled: true },
    tags: { enabled: true },
    milestones: { enabled: false },
    remap_dependencies: { enabled: true },
    dependency_warning: { enabled: true },
    status_pies: { enabled: false },
    emails: { enabled: true },
    reschedule_closed_dependencies: { enabled: true },
  };
}

/** Settings of a Space made over the API, which stand among its ClickApps and are none. */
export function newSpaceSettings(): Record<string, unknown> {
  return {
    scheduler_enabled: false,
    dependency_type_enabled: false,
    dependency_enforcement: { enforcement_enabled: false, enforcement_mode: 0 },
  };
}

/** ClickApps that can be switched over the API, also where a Space does not list them. */
export const CLICKAPPS = [
  "due_dates",
  "sprints",
  "time_tracking",
  "points",
  "custom_items",
  "priorities",
  "tags",
  "time_estimates",
  "check_unresolved",
  "zoom",
  "milestones",
  "custom_fields",
  "remap_dependencies",
  "dependency_warning",
  "checklists",
  "status_pies",
  "multiple_assignees",
  "portfolios",
  "emails",
];

/** ClickApps of a Space of the seed. */
export function defaultFeatures(): SpaceFeatures {
  return {
    due_dates: { enabled: true, start_date: true, remap_due_dates: false, remap_closed_due_date: false },
    sprints: { enabled: false },
    time_tracking: { enabled: true, harvest: false, rollup: false },
    points: { enabled: false },
    custom_items: { enabled: true },
    priorities: { enabled: true },
    tags: { enabled: true },
    time_estimates: { enabled: true, rollup: false, per_assignee: false },
    check_unresolved: { enabled: true, subtasks: true, checklists: true, comments: true },
    zoom: { enabled: false },
    milestones: { enabled: true },
    custom_fields: { enabled: true },
    remap_dependencies: { enabled: false },
    dependency_warning: { enabled: true },
    checklists: { enabled: true },
    status_pies: { enabled: false },
    multiple_assignees: { enabled: true },
    portfolios: { enabled: false },
    emails: { enabled: false },
  };
}
